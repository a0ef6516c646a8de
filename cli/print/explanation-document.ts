import type {
  ExplainAnswer,
  Explained,
  ExplainedCase,
  Outcome,
  Place,
} from '../../actions/explain/explained.ts';
import type {
  ConsideredRecord,
  Explanation,
  SubjectExplanation,
} from '../../core/match/explain-match.ts';
import type { OwnerUnit } from '../../core/match/unit.ts';
import { formatDocument } from './format-document.ts';

/** What `explain --format json` prints. */
export function formatExplanation(answer: ExplainAnswer): string {
  return formatDocument(explanationDocument(answer));
}

/** A contract with other programs (docs/explain.md): each field is named here. */
function explanationDocument({ id, night, feeds, problems, outcome }: ExplainAnswer) {
  return {
    id,
    night,
    feeds: feeds.map(({ name, snapshot, records, state }) => ({ name, snapshot, records, state })),
    ...(problems && { problems }),
    outcome: outcome.kind,
    ...outcomeDocument(outcome),
  };
}

function outcomeDocument(outcome: Outcome) {
  if (outcome.kind === 'explained') return explainedDocument(outcome);
  const { kind: _kind, ...rest } = outcome;
  return rest;
}

function explainedDocument({ purl, cases, known }: Explained) {
  return { package: purl, cases: cases.map(caseDocument), known };
}

function caseDocument({ unit, explanation, likelihood, suppressed, places, more }: ExplainedCase) {
  const { verdict, ids, finding, owner, records, notLookedUp } = explanation;
  return {
    verdict,
    ids,
    notLookedUp: notLookedUp ?? null,
    package: { purl: unit.purl, ...packageDocument(unit) },
    finding: finding && findingDocument(finding),
    likelihood,
    suppressed,
    records: records.map(recordDocument),
    owner: owner && ownerDocument(owner),
    places: places.map(placeDocument),
    morePlaces: more,
  };
}

function packageDocument({ type, ecosystem, name, version, source, arch }: OwnerUnit) {
  return { name, version, type, ecosystem, source, arch };
}

function findingDocument(finding: NonNullable<Explanation['finding']>) {
  const { id, aliases, severity, fixedIn, feeds, status, about, ratedBy, exploited } = finding;
  return {
    id,
    aliases,
    severity,
    ratedBy: ratedBy ?? null,
    fixedIn,
    status: status ?? null,
    title: about ?? null,
    exploited: exploited ?? null,
    feeds,
  };
}

function recordDocument(each: ConsideredRecord) {
  const { record, feed, ecosystem, name, foundBy, arch, aliases, upstream, withdrawn } = each;
  const { status, components, passedOver, installed, affected, fixedIn, fallback, ground } = each;
  return {
    record,
    feed,
    ecosystem,
    name,
    foundBy,
    arch,
    aliases,
    upstream,
    withdrawn,
    status,
    components,
    passedOver,
    compared: installed,
    affected,
    fixedIn,
    comparable: !fallback,
    listed: ground.listed,
    ranges: ground.ranges.map(({ range, affected: isIn, event, order }) => ({
      events: range.map(([kind, version]) => ({ [kind]: version })),
      affected: isIn,
      decidedBy: event && { [event[0]]: event[1] },
      order,
    })),
  };
}

function ownerDocument({
  says,
  package: owner,
  records,
}: SubjectExplanation & { readonly says: string }) {
  return { says, package: packageDocument(owner), records: records.map(recordDocument) };
}

function placeDocument(place: Place) {
  const { digest, platform, called, paths, lineages, layer, layers, broughtBy, base, claimedBase } =
    place;
  return {
    digest,
    platform,
    called,
    paths,
    layer: layer && { number: layer.index + 1, of: layers, digest: layer.digest },
    broughtBy,
    base: base && {
      image: base.image,
      digest: base.digest,
      layers: base.layers,
      since: base.at,
      method: base.method,
      confidence: base.confidence,
      buildsBehind: base.buildsBehind,
    },
    claimedBase,
    sboms: place.sboms.map(({ source, format, version }) => ({ ...source, format, version })),
    lineages: lineages.map((each) => ({
      lineage: each.lineage,
      kind: each.kind,
      reference: each.reference,
      imageDigest: each.imageDigest,
      stale: each.stale,
      told: each.origin,
      suppressed: each.suppressed,
      since: each.since,
    })),
    fixed: place.fixed.map(({ image, digest: fixed, version, how, since }) => ({
      image,
      digest: fixed,
      version,
      how,
      since,
    })),
  };
}
