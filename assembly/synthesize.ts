import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import type { TidewatchConfig } from '../lib/tidewatch-config.ts';
import { TidewatchStack } from '../lib/tidewatch-stack.ts';
import { type Assembly, readAssembly } from './template/read-assembly.ts';

/** Does what `cdk synth` does, bundles included, into an empty folder. */
export function synthesize(config: TidewatchConfig, folder: string): Assembly {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context, outdir: folder });
  new TidewatchStack(app, 'Tidewatch', { config });
  app.synth();
  return readAssembly(folder);
}
