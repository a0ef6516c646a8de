import type { AlertText } from '../alert/compose-alert.ts';

/** What to do about a registry that does not let itself be read. */
export const DENIED_REMEDY =
  'Give Tidewatch the right to read it: for ECR of another account or region ecrRegistries and a policy of the repository, elsewhere credentials';

const SEE_RUNBOOK =
  'Mend what the error says (docs/runbook.md, “A scope or a registry cannot be seen”).';

const ASSUMED =
  'What was there is assumed to be there still; nothing of it is resolved until it is seen.';

/** Words a scope or a registry that could not be seen; failures begin with an error's name. */
export function describeUnseen(subject: string, failures: readonly string[]): AlertText {
  const isDenied = failures.some((failure) => failure.startsWith('AccessDeniedError'));
  return {
    kind: 'problem',
    severity: 'none',
    cause: 'inventory',
    title: `Could not see ${subject}`,
    remedy: `${isDenied ? `${DENIED_REMEDY}.` : SEE_RUNBOOK} ${ASSUMED}`,
    subject,
    lineages: [],
    details: failures,
  };
}
