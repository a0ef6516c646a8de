import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { loadConfig } from '../lib/load-config.ts';
import { refuseSecretsBeyond } from '../lib/registry-secrets.ts';
import { TidewatchStack } from '../lib/tidewatch-stack.ts';

/** Errors of who wrote the configuration, or the file of suppressions. */
const MISTAKES = new Set(['InvalidConfigError', 'InvalidSuppressionsError']);

const app = new App();
try {
  const config = await loadConfig(app.node.tryGetContext('config') ?? 'tidewatch.config.ts');
  // A stack that names no place goes where the CLI says: https://docs.aws.amazon.com/cdk/v2/guide/configure-env.html
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  refuseSecretsBeyond({ account, region }, config);
  new TidewatchStack(app, 'Tidewatch', { config });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
} catch (error) {
  // A mistake in the configuration is for its author; everything else is ours, and keeps its stack.
  if (!(error instanceof Error && MISTAKES.has(error.name))) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
