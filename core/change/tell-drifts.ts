import type { Alert } from '../alert/alert.ts';
import { type AlertText, counted } from '../alert/compose-alert.ts';
import type { Drift } from '../drift/find-drifts.ts';
import { compareSeries } from '../drift/find-libc.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import { hashOf } from '../object/json-object.ts';
import { tell } from './matter.ts';
import { predictBreaks } from './runtime-ties.ts';

/** What a drift is, for its hash: by the hour and by night the same. */
export function driftMatter({ image, digest, part, from, to, again }: Drift): readonly unknown[] {
  return ['drift', image, digest, part, from, to, ...(again === undefined ? [] : [again])];
}

/** The id of a drift’s alert: told and done, each time that the tag moves so. */
export function driftId(drift: Drift): string {
  return hashOf(driftMatter(drift));
}

/** The alerts of drifts, as the night composes them. */
export function composeDrifts(drifts: readonly Drift[], rows: readonly LineageRow[]): Alert[] {
  return drifts.map((drift) => tell(driftId(drift), {}, describeDrift(drift, rows)).alert);
}

/** Words a drift for people, with what of all rows is concerned. */
export function describeDrift(drift: Drift, rows: readonly LineageRow[]): AlertText {
  const { part } = drift;
  if (part === 'libc') return describeLibc(drift);
  return part === 'python' ? describePython(drift, rows) : describeRuntime(drift, part, rows);
}

/** Names of languages, and what to do before the next build. */
const RUNTIME_WORDS = {
  node: { name: 'Node', todo: 'rebuild native addons and install anew for Node' },
  java: { name: 'Java', todo: 'test what was built for the release before on Java' },
  go: { name: 'Go', todo: 'build with Go' },
} as const;

function describeRuntime(
  { image, digest, from, to }: Drift,
  part: keyof typeof RUNTIME_WORDS,
  rows: readonly LineageRow[],
): AlertText {
  const { name, todo } = RUNTIME_WORDS[part];
  const behind = rowsOn(rows, part, from);
  return {
    kind: 'drift',
    severity: 'medium',
    cause: 'image',
    title: `${image} moved from ${name} ${from} to ${to}`,
    remedy: `Before the next build: ${todo} ${to}, or pin the digest before.`,
    subject: image,
    lineages: behind.map((row) => row.lineage),
    details: [
      `${image}@${digest}`,
      `${counted(behind.length, 'workload')} still on ${name} ${from}`,
    ],
  };
}

/** Workloads with this series of a language. */
function rowsOn(rows: readonly LineageRow[], part: string, from: string): LineageRow[] {
  return rows.filter(
    ({ kind, runtimes }) =>
      kind === 'workload' &&
      runtimes.some(({ language, minor }) => language === part && minor === from),
  );
}

function describePython(
  { image, digest, from, to }: Drift,
  rows: readonly LineageRow[],
): AlertText {
  const behind = rowsOn(rows, 'python', from);
  return {
    kind: 'drift',
    severity: 'medium',
    cause: 'image',
    title: `${image} moved from Python ${from} to ${to}`,
    remedy: `Before the next build: rebuild venvs and compiled wheels for Python ${to}, or pin the digest before.`,
    subject: image,
    lineages: behind.map((row) => row.lineage),
    details: [
      `${image}@${digest}`,
      `${counted(behind.length, 'workload')} still on Python ${from}`,
      ...predictBreaks(behind, to),
    ],
  };
}

/** Which way a libc went, the worst last: what was built for the older series runs on the newer. */
type Way = 'up' | 'down' | 'other';

const SEVERITIES = { up: 'low', down: 'medium', other: 'high' } as const;

function describeLibc({ image, digest, from, to }: Drift): AlertText {
  const way = wayOf(from, to);
  const { breaks, remedy } = LIBC_WORDS[way](from, to);
  return {
    kind: 'drift',
    severity: SEVERITIES[way],
    cause: 'image',
    title: `${image} moved from ${from} to ${way === 'other' ? to : seriesOf(to)}`,
    remedy,
    subject: image,
    lineages: [],
    details: [`${image}@${digest}`, breaks],
  };
}

function wayOf(from: string, to: string): Way {
  if (nameOf(from) !== nameOf(to)) return 'other';
  return compareSeries(seriesOf(from), seriesOf(to)) < 0 ? 'up' : 'down';
}

// The tags of wheels: PEP 600 (manylinux_2_N needs glibc 2.N at least) and PEP 656 (musllinux).
const LIBC_WORDS: Readonly<
  Record<Way, (from: string, to: string) => { readonly breaks: string; readonly remedy: string }>
> = {
  up: (from, to) => ({
    breaks: `what was built on ${from} runs on it; what is built on ${to} need not run on ${from}`,
    remedy: `Before the next build: move the stage that builds and the one that runs to ${to} together, or pin the digest before.`,
  }),
  down: (from, to) => ({
    breaks: `wheels and programs that ask for more than ${to} do not load: those built on ${from}${wheelsAbove(to)}`,
    remedy: `Before the next build: rebuild what was compiled for ${from}, or pin the digest before.`,
  }),
  other: (from, to) => ({
    breaks: `nothing that was compiled for ${from} loads: ${wheelsOf(from)} wheels are for ${nameOf(from)}, ${wheelsOf(to)} ones for ${nameOf(to)}`,
    remedy: `Before the next build: install ${wheelsOf(to)} wheels and rebuild every program for ${nameOf(to)}, or pin the digest before.`,
  }),
};

function wheelsAbove(to: string): string {
  const tag = `${wheelsOf(to)}_${seriesOf(to).replaceAll('.', '_')}`;
  return `, and wheels whose tag is above ${tag}`;
}

function wheelsOf(libc: string): string {
  return nameOf(libc) === 'musl' ? 'musllinux' : 'manylinux';
}

function nameOf(libc: string): string {
  return libc.slice(0, libc.indexOf(' '));
}

function seriesOf(libc: string): string {
  return libc.slice(libc.indexOf(' ') + 1);
}
