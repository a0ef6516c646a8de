import type { ScanResult } from '../../actions/scan-image.ts';
import { counted, plain } from '../../core/alert/compose-alert.ts';
import type { Coverage } from '../../core/cover/coverage.ts';

/** What may hide a finding: `problems`, `opaque executables`, or several. */
export function doubtsOf({
  problems,
  inventory: { coverage },
}: Pick<ScanResult, 'problems' | 'inventory'>): string {
  const unnamed = [
    ...(coverage && coverage.opaque > 0 ? ['opaque executables'] : []),
    ...(coverage && coverage.partly > 0 ? ['partly listed executables'] : []),
  ];
  const doubts = problems.length > 0 || unnamed.length === 0 ? ['problems', ...unnamed] : unnamed;
  return doubts.join(' and ');
}

/** `12 files: 10 of OS packages, 1 listed, 1 opaque`. */
export function describeCoverage(coverage: Coverage): string {
  const { owned, listed, partly, scripts, opaque } = coverage;
  const parts: readonly (readonly [number, string])[] = [
    [owned, 'of OS packages'],
    [listed, 'listed'],
    [partly, 'partly listed'],
    [scripts, `${scripts === 1 ? 'script' : 'scripts'} of no package`],
    [opaque, 'opaque'],
  ];
  const there = parts.filter(([count]) => count > 0);
  const total = there.reduce((sum, [count]) => sum + count, 0);
  const what = there.map(([count, text]) => `${count} ${text}`).join(', ');
  return total === 0 ? 'no executables' : `${counted(total, 'executable')}: ${what}`;
}

/** The opaque files, those of one kind together: `path: why; remedy`. */
export function opaqueLines({ opaque, opaqueFiles }: Coverage): string[] {
  return linesOf(opaque, opaqueFiles, ({ why, remedy }) => `${why}; ${remedy}`);
}

/** The partly listed files likewise, with the first of what is unnamed in each. */
export function partlyLines({ partly, partlyFiles = [] }: Coverage): string[] {
  return linesOf(partly, partlyFiles, ({ why, unnamed, remedy }) => {
    const shown = unnamed.slice(0, SHOWN).join(', ');
    const more = unnamed.length > SHOWN ? ', and more' : '';
    return `${why}${shown === '' ? '' : ` (${shown}${more})`}; ${remedy}`;
  });
}

function linesOf<File extends { readonly path: string }>(
  count: number,
  files: readonly File[],
  describe: (file: File) => string,
): string[] {
  const kinds = Map.groupBy(files, describe);
  const lines = [...kinds].map(([kind, each]) => `${plain(pathsOf(each))}: ${plain(kind)}`);
  const rest = count - files.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

/** A runtime has a hundred of them. */
const SHOWN = 5;

function pathsOf(files: readonly { readonly path: string }[]): string {
  const shown = files.slice(0, SHOWN).map(({ path }) => path);
  const rest = files.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
