import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations } from 'aws-cdk-lib';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { Construct } from 'constructs';
import { readDecisions } from '../adapters/local/decision-files.ts';
import { encodeObject } from '../core/object/json-object.ts';
import { dayOf } from '../core/suppress/days.ts';
import { suppressionSet } from '../core/suppress/read-suppression-file.ts';
import { describeEnded, type SuppressionSet } from '../core/suppress/suppression.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

/** As `actions/stored-suppressions.ts` reads it, which a test compares. */
const FORMAT = 'suppressions/1';

/**
 * What is suppressed, as an object beside the functions' code: a change of the file is a deployment
 * of that object and of the variable that names it, of no code. `undefined` where nothing is decided.
 * An entry that ended is a warning: the day on which it ends must not stop another deployment.
 *
 * @throws InvalidSuppressionsError
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

function readSuppressions({
  suppressions: file,
  vex,
}: TidewatchConfig): SuppressionSet | undefined {
  const { suppressions, statements } = readDecisions({ suppressions: file, vexFolder: vex.folder });
  const { trustAttachedFrom } = vex;
  if (statements.length === 0 && trustAttachedFrom.length === 0) return suppressions;
  return suppressionSet(suppressions?.entries ?? [], { statements, trustAttachedFrom });
}
