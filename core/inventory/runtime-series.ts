import type { Runtime } from './inventory.ts';

/** Languages whose releases break at the first number: Node's `22`, Java's `21`. */
const BY_MAJOR: ReadonlySet<Runtime['language']> = new Set(['node', 'java']);

/** What of a runtime's version matters to what was built for it: `3.14` of Python, `22` of Node. */
export function seriesOf({ language, minor }: Pick<Runtime, 'language' | 'minor'>): string {
  return BY_MAJOR.has(language) ? (minor.split('.', 1)[0] ?? minor) : minor;
}

/** The series of all runtimes, each once: two interpreters of one minor are one to whoever builds for it. */
export function listSeries(
  runtimes: readonly Pick<Runtime, 'language' | 'minor'>[],
): { readonly language: string; readonly minor: string }[] {
  const found = runtimes.map((each) => ({ language: each.language, minor: seriesOf(each) }));
  return found.filter(
    ({ language, minor }, at) =>
      found.findIndex((each) => each.language === language && each.minor === minor) === at,
  );
}
