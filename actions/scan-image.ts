import type { Likelihood } from '../core/advisory/likelihood.ts';
import { checksAsRead } from '../core/check/read-checks.ts';
import { isInDoubt } from '../core/cover/coverage.ts';
import type { Problem } from '../core/image/capture.ts';
import type { Digest } from '../core/image/digest.ts';
import type { ImageReference } from '../core/image/reference.ts';
import type { Check, Inventory } from '../core/inventory/inventory.ts';
import { channelOf } from '../core/lineage/channel.ts';
import type { Finding } from '../core/match/finding.ts';
import type { FeedState } from '../core/run/run.ts';
import type { ComparedSboms } from '../core/sbom/layer-sboms.ts';
import type { AttachedVex } from '../core/suppress/attached-vex.ts';
import { createSuppressor } from '../core/suppress/create-suppressor.ts';
import { suppressibleOf } from '../core/suppress/suppressible.ts';
import type { AppliedSuppression, SuppressionSet } from '../core/suppress/suppression.ts';
import { choosePlatform } from './choose-platform.ts';
import { type IndexPorts, takeInventory } from './index-image.ts';
import { matchFeeds } from './match-feeds.ts';
import type { AdvisoryFeed, Clock } from './ports.ts';
import { materialsOf, readAttachedDocuments } from './read-attached-documents.ts';
import { readAttachedVex } from './read-attached-vex.ts';
import { rememberAnswers } from './remember-answers.ts';
import { scoreFindings } from './score-findings.ts';
import { compareAttached } from './stored-sboms.ts';

export interface ScanPorts extends IndexPorts {
  readonly clock: Clock;
}

export interface ScanRequest {
  /** Its digest counts before its tag; with neither, the source says what is meant. */
  readonly reference: ImageReference;
  /** As `formatPlatform` writes it, or `null`: then the first of `preferred` that is there, else the only one. */
  readonly platform: string | null;
  readonly preferred: readonly string[];
  /** What to match with; with none, nothing is matched, and that is a problem. */
  readonly feeds: readonly AdvisoryFeed[];
  /** What says how likely the findings are to be exploited, or `null`. */
  readonly scores: AdvisoryFeed | null;
  /** Bytes that the image may have. @default no limit */
  readonly sizeBudget?: number | undefined;
  /** What is not to be heard of. @default nothing */
  readonly suppressions?: SuppressionSet | undefined;
}

/** What one scan says. */
export interface ScanResult {
  readonly inventory: Inventory;
  /** When it was judged (RFC 3339), and by what: advisories and scores as they were read. */
  readonly at: string;
  readonly feeds: readonly FeedState[];
  /** Those of the inventory, and those that depend on the day and on what was asked. */
  readonly checks: readonly Check[];
  /** By package, then id; without those that are suppressed. */
  readonly findings: readonly Finding[];
  /** By the CVE ids of the findings; `null` when no scores were given. */
  readonly likelihoods: ReadonlyMap<string, Likelihood> | null;
  /** Those that somebody has decided not to hear of; not there where nothing was decided. */
  readonly suppressed?: readonly SuppressedFinding[];
  /** What is attached to the image and says what is not affected: shown, never applied; not there where nothing is. */
  readonly vex?: AttachedVex;
  /** Bills of materials, in its layers or attached to it, beside what its layers say; not there where nothing is. */
  readonly sboms?: ComparedSboms;
  /** Those of the image and those of the matching. */
  readonly problems: readonly Problem[];
  /** Whether there were advisories to match with. */
  readonly isMatched: boolean;
  /** Whether any package could be matched with them. */
  readonly isCovered: boolean;
  /** Whether no problem, and nothing opaque or partly listed, can have hidden a finding. */
  readonly isSure: boolean;
}

/** A finding, and by whose word it is suppressed. */
export interface SuppressedFinding {
  readonly finding: Finding;
  readonly by: AppliedSuppression;
}

/**
 * Reads one platform of an image and matches its packages; keeps nothing but captures
 * and snapshots in the store it is given.
 *
 * @throws what `ImageSource` and `AdvisoryFeed` throw; MalformedManifestError,
 * UnsupportedMediaTypeError, PlatformNotFoundError
 */
export async function scanImage(ports: ScanPorts, request: ScanRequest): Promise<ScanResult> {
  const { reference, feeds } = request;
  const { digest } = await ports.images.resolve(reference);
  const images = rememberAnswers(ports.images);
  const chosen = await choosePlatform({ images }, request, digest);
  const attachedTo = {
    digests: [...new Set([digest, chosen.digest])],
    attestations: chosen.attestations,
  };
  const documents = await readAttachedDocuments(images, reference, attachedTo);
  const inventory = await takeInventory(
    ports,
    reference,
    chosen.digest,
    chosen.manifest,
    undefined,
    {
      indexAnnotations: chosen.indexAnnotations,
      materials: materialsOf(documents, attachedTo.digests),
    },
  );
  const vex = await readAttachedVex(images, reference, attachedTo);
  const sboms = joinSboms(inventory.sboms, compareAttached(documents, digest, inventory));
  const at = ports.clock.now().toISOString();
  const match = await matchFeeds(ports.objects, feeds, inventory, at);
  const scored = request.scores && (await scoreFindings(ports.objects, request.scores, match));
  return {
    inventory,
    at,
    feeds: [...match.feeds, ...(scored ? [scored.feed] : [])],
    checks: checksAsRead(inventory, { at, sizeBudget: request.sizeBudget ?? null }),
    ...splitFindings(request, match.findings, { at, imageDigest: digest, digest: chosen.digest }),
    likelihoods: scored?.likelihoods ?? null,
    ...(vex && { vex }),
    ...(sboms && { sboms }),
    problems: [
      ...inventory.problems,
      ...onceEach([...(vex?.problems ?? []), ...(sboms?.problems ?? [])]),
      ...match.problems,
      ...(scored?.problems ?? []),
    ],
    isMatched: feeds.length > 0,
    isCovered: match.isCovered,
    isSure: inventory.problems.length === 0 && !isInDoubt(inventory.coverage) && match.isComplete,
  };
}

function joinSboms(...parts: readonly (ComparedSboms | undefined)[]): ComparedSboms | undefined {
  const there = parts.filter((each) => each !== undefined);
  if (there.length === 0) return undefined;
  return {
    comparisons: there.flatMap(({ comparisons }) => comparisons),
    problems: there.flatMap(({ problems }) => problems),
  };
}

/** What cannot be listed can be listed neither for VEX nor for the rest. */
function onceEach(problems: readonly Problem[]): Problem[] {
  const known = new Map(problems.map((each) => [`${each.path} ${each.reason}`, each]));
  return [...known.values()];
}

/** Nothing runs here: entries for workloads do not apply. */
function splitFindings(
  { reference, suppressions }: ScanRequest,
  found: readonly Finding[],
  {
    at,
    ...digests
  }: { readonly at: string; readonly imageDigest: Digest; readonly digest: Digest },
): Pick<ScanResult, 'findings' | 'suppressed'> {
  if (!suppressions) return { findings: found };
  const suppressor = createSuppressor(suppressions, at);
  const channel = channelOf(reference);
  const place = { kind: 'repository' as const, lineage: '', channel, ...digests };
  const findings: Finding[] = [];
  const suppressed: SuppressedFinding[] = [];
  for (const finding of found) {
    const by = suppressor.judge(suppressibleOf(finding), place);
    if (by) suppressed.push({ finding, by });
    else findings.push(finding);
  }
  return { findings, suppressed };
}
