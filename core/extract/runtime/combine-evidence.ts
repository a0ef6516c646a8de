import type { Runtime } from '../../inventory/inventory.ts';
import { agree, type Evidence, isExact, type Language, minorOf } from './evidence.ts';

/** Runtimes of one language in an image; above that it is no image that runs. */
const RUNTIMES = 32;
/** Lines of evidence of one runtime. */
const LINES = 12;

/** One runtime with all that speaks of it, the strongest first. */
export interface Installation {
  readonly runtime: Runtime;
  readonly evidence: readonly Evidence[];
}

/**
 * The runtimes that evidence of one language speaks of, lowest version first. What names no
 * installation joins the one that it fits; the environment alone is no runtime, since images
 * inherit it from bases whose files are gone.
 */
export function combineEvidence(
  language: Language,
  evidence: readonly Evidence[],
): readonly Installation[] {
  const homes = new Map<string, Evidence[]>();
  for (const each of evidence) if (each.home !== null) addTo(homes, each.home, each);
  for (const kind of ['package', 'env'] as const) {
    for (const each of evidence) {
      if (each.home === null && each.kind === kind) join(homes, each);
    }
  }
  const installations = [...homes.values()].flatMap((all) => toInstallation(language, all) ?? []);
  installations.sort(
    (a, b) => compareVersions(a.runtime.version, b.runtime.version) || byHome(a, b),
  );
  return installations.slice(0, RUNTIMES);
}

function addTo(homes: Map<string, Evidence[]>, home: string, evidence: Evidence): void {
  const known = homes.get(home);
  if (known) known.push(evidence);
  else homes.set(home, [evidence]);
}

/** Packages lie in the system's folders, what the environment tells of lies elsewhere, if anything does. */
function join(homes: Map<string, Evidence[]>, each: Evidence): void {
  const isOfSystem = (home: string) => /^usr(?:$|[ /])(?!local)/.test(home);
  const all = [...homes].map(([home, about]) => ({
    home,
    about,
    version: strongest(about)?.version,
  }));
  const isPackage = each.kind === 'package';
  const likely = all.filter(({ home }) => isOfSystem(home) === isPackage);
  const { version } = each;
  const fits = (minors: boolean) => (known: { readonly version?: string | null | undefined }) =>
    known.version !== null &&
    known.version !== undefined &&
    version !== null &&
    (minors ? agree(minorOf(known.version), minorOf(version)) : agree(known.version, version));
  // A package joins nothing that another version lies in: it has a place of its own.
  const rest = isPackage ? [] : [likely[0], all[0]];
  const found = [
    likely.find(fits(false)),
    likely.find(fits(true)),
    ...(isPackage ? [] : [all.find(fits(false)), all.find(fits(true))]),
    ...rest,
  ].find((one) => one !== undefined);
  if (found) found.about.push(each);
  else if (isPackage) addTo(homes, `${each.path} ${version}`, each);
}

function strongest(about: readonly Evidence[]): Evidence | undefined {
  const sorted = about.toSorted((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : 1));
  const exact = sorted.find(({ version }) => version !== null && isExact(version));
  return exact ?? sorted.find(({ version }) => version !== null);
}

/** `undefined` where nothing says a version: the problem is its reader's. */
function toInstallation(language: Language, all: readonly Evidence[]): Installation | undefined {
  const evidence = all.toSorted((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : 1));
  const version = strongest(evidence)?.version;
  if (!version) return undefined;
  const conflicts = evidence
    .filter((each) => each.version !== null && !agree(each.version, version))
    .map(
      ({ name, version: said, path }) =>
        `${name} says ${said}, stronger evidence says ${version} (${path})`,
    );
  const runtime: Runtime = {
    language,
    version,
    minor: minorOf(version),
    evidence: [...new Set(evidence.map(({ text }) => text))].slice(0, LINES),
    ...(conflicts.length > 0 && { conflicts: [...new Set(conflicts)].slice(0, LINES) }),
  };
  return { runtime, evidence };
}

function byHome(left: Installation, right: Installation): number {
  const [a = '', b = ''] = [left, right].map(({ evidence }) => evidence[0]?.text);
  return a < b ? -1 : Number(a > b);
}

/** By numbers, what follows them by text: `3.9` below `3.14`. */
function compareVersions(left: string, right: string): number {
  const [a = [], b = []] = [left, right].map((text) => (text.match(/\d+/g) ?? []).map(Number));
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
