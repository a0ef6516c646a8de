import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Adds one statement to a grantee's policy; nothing where there is nothing to allow. */
export function allow(
  to: IGrantable,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Record<string, unknown>,
): void {
  if (actions.length === 0 || resources.length === 0) return;
  to.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [...actions],
      resources: [...resources],
      ...(conditions && { conditions }),
    }),
  );
}
