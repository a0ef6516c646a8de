import { counted, plain } from '../../core/alert/compose-alert.ts';
import { kindOfCheck } from '../../core/check/listed-checks.ts';
import type { Check } from '../../core/inventory/inventory.ts';
import type { Look } from './paint.ts';
import type { ScanPrinter } from './print-scan.ts';
import { hangText } from './wrap-text.ts';

/** How a check turned out: one that fails and is only told as advice is called so. */
type Outcome = Check['status'] | 'advice';

const LOOKS: Readonly<Record<Outcome, Look>> = {
  fail: 'red',
  unknown: 'yellow',
  advice: 'yellow',
  pass: 'green',
};

/** Prints what there is to do something about, the checks that say the same together, and how many others passed. */
export function printChecks(printer: ScanPrinter, checks: readonly Check[]): void {
  for (const outcome of ['fail', 'unknown', 'advice'] as const) {
    const those = checks.filter((each) => outcomeOf(each) === outcome);
    for (const [message, group] of Map.groupBy(those, shortMessage)) {
      const ids = group.map(({ id }) => id);
      const [id = ''] = ids;
      const isOne = ids.length === 1;
      const label = isOne ? id.padEnd(20) : '';
      const text = isOne ? message : `${ids.join(', ')}: ${message}`;
      printLine(printer, outcome, { label, text });
    }
  }
  const passed = checks.filter(({ status }) => status === 'pass').length;
  printLine(printer, 'pass', {
    label: '',
    text: `${passed} of ${counted(checks.length, 'check')}`,
  });
}

/** What a person reads; what an image may well do without is not worth a line of its own. */
function shortMessage({ id, status, message }: Check): string {
  const isIdle = status === 'unknown' && kindOfCheck(id) === 'advice';
  return isIdle ? 'advice alone, --format json says why.' : message;
}

function outcomeOf({ id, status }: Check): Outcome {
  return status === 'fail' && kindOfCheck(id) === 'advice' ? 'advice' : status;
}

function printLine(
  { io, paint, width }: ScanPrinter,
  outcome: Outcome,
  { label, text }: { readonly label: string; readonly text: string },
): void {
  const start = `  ${outcome.padEnd(8)}${label}`;
  const [first = '', ...more] = hangText(start, plain(text), width);
  io.print(first.replace(outcome, paint(LOOKS[outcome], outcome)));
  for (const line of more) io.print(line);
}
