import { UsageError } from './command-errors.ts';
import { checkQuestion } from './print-answer.ts';

interface ExplainWords {
  readonly explain?: string;
  readonly package?: string;
  readonly 'fail-on'?: string;
  readonly format?: string;
}

/** What goes with `--explain` of a scan, and what does not. @throws UsageError */
export function checkExplain({
  explain,
  package: named,
  'fail-on': failOn,
  format,
}: ExplainWords): void {
  if (explain === undefined) {
    if (named !== undefined) throw new UsageError('expected --explain FINDING beside --package');
    return;
  }
  if (explain === '') throw new UsageError('expected something after --explain');
  if (named === '') throw new UsageError('expected something after --package');
  if (failOn !== undefined) {
    throw new UsageError(
      'expected --fail-on or --explain: one judges the image, the other one finding',
    );
  }
  if (format === 'cyclonedx') {
    throw new UsageError('expected --format table|json with --explain: CycloneDX explains nothing');
  }
  checkQuestion(explain, named);
}
