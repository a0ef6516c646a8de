import type { Problem } from '../../image/capture.ts';
import type { Package } from '../../inventory/inventory.ts';
import { quote } from '../token.ts';
import type { Evidence } from './evidence.ts';

/** The OS packages that hold a runtime. */
export interface PackageRule {
  readonly type: Package['type'];
  readonly name: RegExp;
}

/** How one language reads the package databases. */
export interface PackageRules {
  /** Rank of the first rule; the others follow within it. */
  readonly rank: number;
  /** The strongest first. */
  readonly rules: readonly PackageRule[];
  /** Upstream's version in a package's; `undefined` if it is none. */
  versionOf(text: string, name: string): string | undefined;
  /** Where that version lies; `null` where packages do not agree on it. */
  homeOf(version: string, name: string): string | null;
  /** `Python`, for a problem. */
  readonly title: string;
}

/** What the package databases say of a runtime. */
export function packageEvidence(
  packages: readonly Package[],
  { rank, rules, versionOf, homeOf, title }: PackageRules,
): { readonly evidence: readonly Evidence[]; readonly problems: readonly Problem[] } {
  const evidence: Evidence[] = [];
  const problems: Problem[] = [];
  for (const { type, name, version: text, path } of packages) {
    const place = rules.findIndex((rule) => rule.type === type && rule.name.test(name));
    if (place < 0) continue;
    const version = versionOf(text, name);
    if (version === undefined) {
      problems.push({ path, reason: `${name}: no ${title} version ${quote(text)}` });
      continue;
    }
    evidence.push({
      kind: 'package',
      home: homeOf(version, name),
      rank: rank + place / 100,
      name,
      text: `${type} ${name}=${text} (${path})`,
      path,
      version,
    });
  }
  return { evidence, problems };
}

const STAGES: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b' };

/** A version as distributions write it: `1:3.13.5-2+deb13u4`, `3.14.10_git20261111-r0`, `3.15.0_rc1-r0`, `3.15.0~rc1-1`. */
const VERSION =
  /^(?:\d+:)?(?<release>\d+\.\d+(?:\.\d+)?)(?:[_~]?(?<stage>alpha|beta|a|b|rc)(?<number>\d+))?/;

/** Upstream's version, a pre-release as Python itself writes it: `3.15.0rc1`. */
export function upstreamVersion(text: string): string | undefined {
  const { release, stage, number = '' } = VERSION.exec(text)?.groups ?? {};
  if (!release) return undefined;
  return stage ? `${release}${STAGES[stage] ?? stage}${number}` : release;
}
