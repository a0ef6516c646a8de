import { counted, plain } from '../../core/alert/compose-alert.ts';
import type { Coverage, OpaqueFile } from '../../core/cover/coverage.ts';

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

/** The opaque files, those of one kind together: `path: why. To know more: remedy`. */
export function opaqueLines({ opaque, opaqueFiles }: Coverage): string[] {
  const kinds = Map.groupBy(opaqueFiles, ({ why, remedy }) => `${why}; ${remedy}`);
  const lines = [...kinds].map(([kind, files]) => `${plain(pathsOf(files))}: ${plain(kind)}`);
  const rest = opaque - opaqueFiles.length;
  return rest > 0 ? [...lines, `and ${rest} more`] : lines;
}

/** A runtime has a hundred of them. */
const SHOWN = 5;

function pathsOf(files: readonly OpaqueFile[]): string {
  const shown = files.slice(0, SHOWN).map(({ path }) => path);
  const rest = files.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
}
