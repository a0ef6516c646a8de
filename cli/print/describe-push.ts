import { counted } from '../../core/alert/compose-alert.ts';
import type { PlatformSpec } from '../../local/world/platform-spec.ts';
import type { WorldEvent } from '../../local/world/world-event.ts';

type Push = Extract<WorldEvent, { do: 'push' }>;

/** What a push does, in plain words. @param before what the tag pointed at, if it was there */
export function describePush({ platforms }: Push, before: Push | undefined): string {
  if (before) return `rebuilt: ${describeRebuild(before.platforms, platforms)}`;
  const bases = new Set(Object.values(platforms).flatMap(({ base }) => base ?? []));
  if (bases.size > 0) return `built on ${[...bases].join(' and ')}`;
  const [first] = Object.values(platforms);
  const names = Object.keys(platforms).join(' and ');
  return `${counted(packagesOf(first).size, 'package')}, ${names}`;
}

function describeRebuild(before: Push['platforms'], after: Push['platforms']): string {
  const [platform = ''] = Object.keys(after);
  const [old, now] = [before[platform], after[platform]];
  if (sameJson(before, after)) return 'the very same image';
  if (sameJson(old?.layers, now?.layers) && old?.base === now?.base) {
    return 'other labels, the same packages';
  }
  return describeChange(packagesOf(old), packagesOf(now));
}

/** Packages that appear, go, or change their version, by name. */
function describeChange(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string {
  const added = [...after.keys()].filter((name) => !before.has(name));
  const removed = [...before.keys()].filter((name) => !after.has(name));
  const changed = [...after].filter(
    ([name, version]) => before.has(name) && before.get(name) !== version,
  );
  const parts = [
    ...changed.map(([name, version]) => `${name} ${before.get(name)} → ${version}`),
    ...added.map((name) => `${name} is new`),
    ...removed.map((name) => `${name} is gone`),
  ];
  if (parts.length === 0) return 'other files, the same packages';
  const rest = parts.length - PARTS_SHOWN;
  return [...parts.slice(0, PARTS_SHOWN), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

/** Differences that are named. */
const PARTS_SHOWN = 5;

/** Versions by name of what a platform's own layers say: its last apk database, dpkg and Python. */
function packagesOf(spec: PlatformSpec | undefined): Map<string, string> {
  const layers = spec?.layers ?? [];
  const apk = layers.findLast((layer) => layer.apk)?.apk ?? [];
  const others = layers.flatMap(({ dpkg = [], dpkgStatusD = [], python = [] }) => [
    ...dpkg,
    ...dpkgStatusD,
    ...python,
  ]);
  return new Map([...apk, ...others].map(({ name, version }) => [name, version]));
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
