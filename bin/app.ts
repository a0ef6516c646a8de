import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { TidewatchStack } from '../lib/tidewatch-stack.ts';
import config from '../tidewatch.config.ts';

const app = new App();
new TidewatchStack(app, 'Tidewatch', { config });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
