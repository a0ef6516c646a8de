import type { AdvisoryEntry, RangeEvent } from '../advisory/entry.ts';
import { NEED_A_RELEASE } from '../extract/os-release/os-ecosystem.ts';
import { baseOf } from '../version/scheme-of.ts';

/** An ecosystem in which a package's records are looked for, and what they may say there. */
export interface LookupRelease {
  readonly ecosystem: string;
  /** `false`: asked only where the package's own release has no record of the vulnerability. */
  readonly own: boolean;
  /**
   * `listed`: only of versions in so many words, since the release is not known. `unfixed`: that
   * it is affected; the fix is for others.
   */
  readonly says: 'all' | 'listed' | 'unfixed';
}

/**
 * Where the records of an ecosystem's packages are: in its release, and in those without
 * any release, which hold for all. `known`: the ecosystems that the feeds speak of, which
 * some have more than one of for a release.
 */
export function lookupReleases(
  ecosystem: string,
  known: ReadonlySet<string> = new Set(),
): LookupRelease[] {
  if (ecosystem === '') return [];
  const base = baseOf(ecosystem);
  const own = [...new Set([ecosystem, ...alike(ecosystem, base, known), base])];
  return [...own.map(fully), ...others(ecosystem, base, known)];
}

/** The ecosystems of `lookupReleases`. */
export function lookupEcosystems(ecosystem: string, known?: ReadonlySet<string>): string[] {
  return lookupReleases(ecosystem, known).map((release) => release.ecosystem);
}

/** An entry as far as it may speak; one without ranges and versions says nothing. */
export function entryAsSaid(entry: AdvisoryEntry, says: LookupRelease['says']): AdvisoryEntry {
  if (says === 'all') return entry;
  if (says === 'listed') return { ...entry, ranges: [] };
  return { ...entry, ranges: entry.ranges.flatMap(unfixed) };
}

function fully(ecosystem: string): LookupRelease {
  return { ecosystem, own: true, says: 'all' };
}

/** Other names of the same release. */
function alike(ecosystem: string, base: string, known: ReadonlySet<string>): string[] {
  if (base === 'Red Hat') return redHat(ecosystem, known);
  if (base === 'SUSE') return suse(ecosystem, known);
  // osv.dev files records under the release without `:LTS` too.
  return base === 'Ubuntu' && ecosystem.endsWith(':LTS')
    ? [ecosystem.slice(0, -':LTS'.length)]
    : [];
}

/** Parts of the distribution that its base images install from. */
const RED_HAT_PARTS = ['', '::baseos', '::appstream', '::crb'];

/**
 * Red Hat's end in a CPE: `Red Hat:enterprise_linux:9::baseos`, since version 10 with the minor one,
 * `Red Hat:enterprise_linux:10.1`. Those of extended support (`Red Hat:rhel_eus:9.2`) are fixed in
 * versions of their own.
 */
function redHat(ecosystem: string, known: ReadonlySet<string>): string[] {
  const named = [...known].filter(
    (each) =>
      each.startsWith(ecosystem) && /^(?:\.\d+)?(?:::.*)?$/.test(each.slice(ecosystem.length)),
  );
  return [...RED_HAT_PARTS.map((part) => ecosystem + part), ...named.sort()];
}

/** SUSE names products of one release: `SUSE:Linux Enterprise Module for Basesystem 15 SP6`. */
function suse(ecosystem: string, known: ReadonlySet<string>): string[] {
  const release = / \d+(?: SP\d+)?$/.exec(ecosystem)?.[0];
  if (release === undefined) return [];
  return [...known]
    .filter(
      (each) => /^SUSE:Linux Enterprise (?:Server|Module) ?/.test(each) && each.endsWith(release),
    )
    .sort();
}

const PRO = 'Ubuntu:Pro:';

function others(ecosystem: string, base: string, known: ReadonlySet<string>): LookupRelease[] {
  if (ecosystem.startsWith(PRO)) {
    const plain = `Ubuntu:${ecosystem.slice(PRO.length)}`;
    return [{ ecosystem: plain, own: false, says: 'all' }];
  }
  if (ecosystem === base && NEED_A_RELEASE.has(base)) {
    return [...known]
      .filter((each) => each.startsWith(`${base}:`) && !each.startsWith(PRO))
      .sort()
      .map((each) => ({ ecosystem: each, own: true, says: 'listed' }));
  }
  if (base !== 'Ubuntu') return [];
  // Only a subscriber gets these fixes: they neither clear nor fix what has no subscription.
  const pro = PRO + ecosystem.slice('Ubuntu:'.length);
  return [{ ecosystem: pro, own: false, says: 'unfixed' }];
}

/** A range that ends without a fix; one that clears every version says nothing. */
function unfixed(range: readonly RangeEvent[]): (readonly RangeEvent[])[] {
  const isOne = range.length === 2 && range.some(([kind]) => kind === 'introduced');
  const end = range.find(([kind]) => kind === 'fixed')?.[1];
  if (!isOne || end === undefined) return [range.filter(([kind]) => kind !== 'fixed')];
  if (range.some(([kind, version]) => kind === 'introduced' && version === end)) return [];
  return [range.map(([kind, version]) => [kind === 'fixed' ? 'limit' : kind, version])];
}
