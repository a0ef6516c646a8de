import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Annotations } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { openSuppressions } from '../adapters/local/suppression-file.ts';
import { readVexFolder } from '../adapters/local/vex-folder.ts';
import { encodeObject } from '../core/object/json-object.ts';
import { dayOf } from '../core/suppress/days.ts';
import { suppressionSet } from '../core/suppress/read-suppression-file.ts';
import { describeEnded, type SuppressionSet } from '../core/suppress/suppression.ts';
import { InvalidConfigError, type TidewatchConfig } from './tidewatch-config.ts';

/** Looked for where the configuration names no other; it need not be there. */
const DEFAULT_FILE = 'suppressions.yaml';

/** As `actions/stored-suppressions.ts` reads it, which a test compares. */
const FORMAT = 'suppressions/1';

/**
 * What is suppressed, as an object beside the functions' code: a change of the file is a deployment
 * of that object and of the variable that names it, of no code. `undefined` where nothing is decided.
 * An entry that ended is a warning: the day on which it ends must not stop another deployment.
 *
 * @throws InvalidSuppressionsError, InvalidConfigError
 */
export function stageSuppressions(scope: Construct, config: TidewatchConfig): Asset | undefined {
  const set = readSuppressions(config);
  if (!set) return undefined;
  for (const line of describeEnded(set, dayOf(new Date().toISOString()))) {
    Annotations.of(scope).addWarningV2('tidewatch:suppression-ended', `suppressions: ${line}`);
  }
  const path = join(mkdtempSync(join(tmpdir(), 'tidewatch-suppressions-')), 'suppressions.json.gz');
  writeFileSync(path, encodeObject(FORMAT, set));
  return new Asset(scope, 'Suppressions', { path });
}

function readSuppressions({ suppressions, vex }: TidewatchConfig): SuppressionSet | undefined {
  const file = suppressions ?? DEFAULT_FILE;
  const opened = openSuppressions(resolve(file));
  const statements = vex.folder === undefined ? [] : readVexFolder(resolve(vex.folder));
  if (!opened && suppressions !== undefined) {
    throw new InvalidConfigError(`bad configuration:\n  suppressions: no such file: ${file}`);
  }
  const { trustAttachedFrom } = vex;
  if (statements.length === 0 && trustAttachedFrom.length === 0) return opened?.set;
  return suppressionSet(opened?.set.entries ?? [], { statements, trustAttachedFrom });
}
