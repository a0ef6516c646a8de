import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { openSuppressions } from '../adapters/local/suppression-file.ts';
import { readVexFolder } from '../adapters/local/vex-folder.ts';
import { encodeObject } from '../core/object/json-object.ts';
import { dayOf } from '../core/suppress/days.ts';
import { suppressionSet } from '../core/suppress/read-suppression-file.ts';
import type { SuppressionSet } from '../core/suppress/suppression.ts';
import { InvalidConfigError, type TidewatchConfig } from './tidewatch-config.ts';

/** Looked for where the configuration names no other; it need not be there. */
const DEFAULT_FILE = 'suppressions.yaml';

/** As `actions/stored-suppressions.ts` reads it, which a test compares. */
const FORMAT = 'suppressions/1';

/**
 * What is suppressed, as an object beside the functions' code: a change of the file is a deployment
 * of that object and of the variable that names it, of no code. `undefined` where there is no file.
 *
 * @throws InvalidSuppressionsError, InvalidConfigError
 */
export function stageSuppressions(scope: Construct, config: TidewatchConfig): Asset | undefined {
  const set = readSuppressions(config);
  if (!set) return undefined;
  const path = join(mkdtempSync(join(tmpdir(), 'tidewatch-suppressions-')), 'suppressions.json.gz');
  writeFileSync(path, encodeObject(FORMAT, set));
  return new Asset(scope, 'Suppressions', { path });
}

function readSuppressions({ suppressions, vex }: TidewatchConfig): SuppressionSet | undefined {
  const file = suppressions ?? DEFAULT_FILE;
  const today = dayOf(new Date().toISOString());
  const opened = openSuppressions(resolve(file), today);
  const statements = vex.folder === undefined ? [] : readVexFolder(resolve(vex.folder));
  if (!opened && suppressions !== undefined) {
    throw new InvalidConfigError(`bad configuration:\n  suppressions: no such file: ${file}`);
  }
  if (statements.length === 0) return opened?.set;
  return suppressionSet(opened?.set.entries ?? [], statements);
}
