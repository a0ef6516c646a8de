import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { loadConfig } from '../lib/load-config.ts';
import { TidewatchStack } from '../lib/tidewatch-stack.ts';

const app = new App();
try {
  const config = await loadConfig(app.node.tryGetContext('config') ?? 'tidewatch.config.ts');
  new TidewatchStack(app, 'Tidewatch', { config });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
} catch (error) {
  // A mistake in the configuration is for its author; everything else is ours, and keeps its stack.
  if (!(error instanceof Error && error.name === 'InvalidConfigError')) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
