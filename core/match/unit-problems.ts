import { readVersion } from '../advisory/read-entry.ts';
import { baseOf, schemeOf } from '../version/scheme-of.ts';
import { lookupNames } from './lookup-keys.ts';
import { whyNotLookedUp } from './not-looked-up.ts';
import type { OwnerUnit } from './unit.ts';

/**
 * What is wrong: `left-out` is what nobody has to match; of all others something may be missed.
 * `unversioned`: there is nothing to compare. `no-order`: the ecosystem's order is not known.
 * `no-version`: the order refuses the version. `odd-version`: it takes it as far as it can.
 */
export type ProblemKind = 'left-out' | 'unversioned' | 'no-order' | 'no-version' | 'odd-version';

/** One thing that keeps a package from being compared as it should, whatever advisories say. */
export interface UnitProblem {
  readonly kind: ProblemKind;
  /** The reason as a clause, the ecosystem without its release, or the name of the scheme: of these there are few. */
  readonly of: string;
  /** The whole of it, in words. */
  readonly text: string;
}

/** What keeps a package from being compared as it should: it depends on the unit alone. */
export function problemsOfUnit(unit: OwnerUnit): UnitProblem[] {
  // Packages that no feed can name are a problem of the inventory already.
  if (unit.ecosystem === '') return [];
  const reason = whyNotLookedUp(unit);
  if (reason !== null) return [leftOut(unit, reason)];
  const scheme = schemeOf(unit.ecosystem);
  const versions = new Set(lookupNames(unit).map(({ version }) => version));
  // Nearly all are valid, and need not be read for that.
  return [...versions]
    .filter((version) => !scheme?.isValid(version))
    .map((version) => versionProblem(unit, version))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** A toolchain is no part of what it built; what Go did build should say its version. */
function leftOut({ type, name }: OwnerUnit, reason: string): UnitProblem {
  const text = `${name} is not matched: ${reason}`;
  if (type !== 'golang' || name === 'toolchain') return { kind: 'left-out', of: reason, text };
  const of = name === 'stdlib' ? 'built by no release of Go' : 'built without a version';
  return { kind: 'unversioned', of, text };
}

/** What cannot be compared of a version that is not valid. */
function versionProblem({ ecosystem, name }: OwnerUnit, version: string): UnitProblem {
  const { scheme, parsed } = readVersion(ecosystem, version);
  const what = `version ${JSON.stringify(version)} of ${name}`;
  if (!scheme) {
    const text = `${what}: the order of ${ecosystem} is not known, only records that list it or hold for every version match`;
    return { kind: 'no-order', of: baseOf(ecosystem), text };
  }
  if (!parsed) {
    const text = `${what} is no ${scheme.name} version, only records that list it or hold for every version match`;
    return { kind: 'no-version', of: scheme.name, text };
  }
  const text = `${what} is no valid ${scheme.name} version, compared as far as it is`;
  return { kind: 'odd-version', of: scheme.name, text };
}
