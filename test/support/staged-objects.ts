import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { readAssembly } from '../../assembly/template/read-assembly.ts';
import type { TidewatchConfig } from '../../lib/tidewatch-config.ts';
import { TidewatchStack } from '../../lib/tidewatch-stack.ts';
import { newFolder } from './play-folder.ts';

/** What a deployment puts into buckets besides code: bytes. */
export function stagedObjects(config: TidewatchConfig): Buffer[] {
  const outdir = newFolder();
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  new TidewatchStack(app, 'Tidewatch', { config });
  app.synth();
  return readAssembly(outdir).objects.map(({ path }) => readFileSync(path));
}
