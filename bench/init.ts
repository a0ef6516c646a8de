import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createFunctionHost } from '../assembly/runtime/function-host.ts';
import { synthesize } from '../assembly/synthesize.ts';
import { resolveTemplate } from '../assembly/template/resolve-template.ts';
import { type FunctionModel, readStack } from '../assembly/template/stack-model.ts';
import config from '../tidewatch.config.ts';
import { inFolder } from './in-folder.ts';
import type { BenchRow } from './measure.ts';

const STARTS = 5;

const PLACE = { account: '123456789012', region: 'eu-central-1' };

/** Cold starts of every bundled function under the Runtime API, and the bundles' sizes. */
export async function benchInit(): Promise<readonly BenchRow[]> {
  return inFolder(async (folder) => {
    const assembly = synthesize(config, join(folder, 'cdk.out'));
    const { functions } = readStack(assembly, resolveTemplate(assembly, PLACE));
    const rows: BenchRow[] = [];
    for (const model of functions) rows.push(await measure(model));
    return rows;
  });
}

async function measure(model: FunctionModel): Promise<BenchRow> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) times.push(await startOnce(model));
  return {
    name: model.logicalId.replace(/[0-9A-F]{8}$/, ''),
    value: Math.min(...times),
    unit: 'ms',
    note: `${Math.round(sizeOf(model.code) / 1000)} kB`,
  };
}

/** Milliseconds from the start of the process to its first question for work. */
async function startOnce(model: FunctionModel): Promise<number> {
  const host = createFunctionHost({ place: PLACE, endpoints: {} });
  try {
    const started = await (await host.processOf(model)).started;
    if ('error' in started) throw new Error(`${model.logicalId}: ${started.error.errorMessage}`);
    return started.milliseconds;
  } finally {
    await host.stop();
  }
}

/** Bytes of the code, without its source map. */
function sizeOf(folder: string): number {
  const files = readdirSync(folder).filter((name) => !name.endsWith('.map'));
  return files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
