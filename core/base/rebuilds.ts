import { type Severity, worst } from '../advisory/severity.ts';
import { itemKeyOf } from '../change/items.ts';
import { predictBreaks } from '../change/runtime-ties.ts';
import type { Digest } from '../image/digest.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import type { Finding } from '../match/finding.ts';
import { isBorne } from './borne.ts';
import { baseMoveText, doubtsText } from './describe-base.ts';
import type { Standing } from './standing.ts';

/** What is to be gained by a rebuild of all that runs on older builds of a base. */
export interface Rebuild {
  /** The watched tag. */
  readonly image: string;
  /** Lineages of the workloads that it helps, sorted. */
  readonly lineages: readonly string[];
  /** How the oldest of their builds stands. */
  readonly oldest: Standing;
  /** Why it is not sure that all of them are built on it; empty where it is. */
  readonly doubt: string;
  /** Findings, each once, that are of the bases and not in the newest build; the worst of them. */
  readonly gone: number;
  readonly worst: Severity;
  /** Findings of the newest build that some of them do not have. */
  readonly brought: number;
  /** `Python 3.13 to 3.14`, sorted. */
  readonly moves: readonly string[];
  /** What of the workloads would break by it. */
  readonly breaks: readonly string[];
}

/** A finding of what runs, as far as it is heard of. */
export interface Running {
  readonly digest: Digest;
  readonly finding: Finding;
  readonly state: 'open' | 'stale' | 'suppressed';
}

interface Gain {
  readonly row: LineageRow;
  readonly standing: Standing;
  readonly gone: ReadonlyMap<string, Severity>;
  readonly brought: readonly string[];
}

/** Groups what runs by the base whose newest build takes findings away, that with the most first. */
export function findRebuilds(
  rows: readonly LineageRow[],
  findings: readonly Running[],
  standingOf: (digest: Digest) => Standing | undefined,
): Rebuild[] {
  const byDigest = Map.groupBy(findings, ({ digest }) => digest);
  const gains = rows
    .filter(({ kind }) => kind === 'workload')
    .flatMap((row): Gain[] => {
      const standing = standingOf(row.digest);
      const gain = standing && gainOf(standing, byDigest.get(row.digest) ?? []);
      return gain ? [{ row, standing, ...gain }] : [];
    });
  const groups = Map.groupBy(gains, ({ standing }) => standing.base.name);
  return [...groups]
    .flatMap(([image, group]) => rebuildOf(image, group) ?? [])
    .sort((a, b) => b.gone - a.gone || (a.image < b.image ? -1 : 1));
}

function gainOf(
  standing: Standing,
  findings: readonly Running[],
): Pick<Gain, 'gone' | 'brought'> | undefined {
  const { newestFindings } = standing;
  if (newestFindings === null) return undefined;
  const has = new Set(findings.map(({ finding }) => itemKeyOf(finding)));
  const own = findings.filter(({ finding }) => !isBorne(standing, finding));
  const stays = new Set([...newestFindings, ...own.map(({ finding }) => itemKeyOf(finding))]);
  const gone = findings
    .filter(({ state, finding }) => state !== 'suppressed' && !stays.has(itemKeyOf(finding)))
    .map(({ finding }) => [itemKeyOf(finding), finding.severity] as const);
  const brought = [...newestFindings].filter((key) => !has.has(key));
  return gone.length > 0 ? { gone: new Map(gone), brought } : undefined;
}

function rebuildOf(image: string, group: readonly Gain[]): Rebuild | undefined {
  const [oldest] = [...group].sort(
    (a, b) => (b.standing.buildsBehind ?? 0) - (a.standing.buildsBehind ?? 0),
  );
  if (!oldest) return undefined;
  const gone = new Map(group.flatMap((each) => [...each.gone]));
  const moving = group.filter(({ standing }) => pythonOf(standing) !== undefined);
  const to = moving[0] && pythonOf(moving[0].standing);
  const moves = group.flatMap(({ standing }) => standing.moves.map(baseMoveText));
  return {
    image,
    lineages: group.map(({ row }) => row.lineage).sort(),
    oldest: oldest.standing,
    doubt: doubtsText(group.map(({ standing }) => standing)),
    gone: gone.size,
    worst: [...gone.values()].reduce(worst),
    brought: new Set(group.flatMap(({ brought }) => brought)).size,
    moves: [...new Set(moves)].sort(),
    breaks:
      to === undefined
        ? []
        : predictBreaks(
            moving.map(({ row }) => row),
            to,
          ),
  };
}

function pythonOf({ moves }: Standing): string | undefined {
  return moves.find(({ language }) => language === 'python')?.to;
}
