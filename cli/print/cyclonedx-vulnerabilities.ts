import { Vulnerability as Words } from '@cyclonedx/cyclonedx-library/Enums';
import { Vulnerability as Parts } from '@cyclonedx/cyclonedx-library/Models';
import type { ScanResult } from '../../actions/scan-image.ts';
import { highestLikelihood } from '../../core/advisory/likelihood.ts';
import type { Severity } from '../../core/advisory/severity.ts';
import { detailIds } from '../../core/match/apply-details.ts';
import type { Finding } from '../../core/match/finding.ts';
import type { AppliedSuppression } from '../../core/suppress/suppression.ts';
import { type PackageComponent, properties } from './cyclonedx-components.ts';

const SEVERITIES: Readonly<Record<Severity, Words.Severity>> = {
  critical: Words.Severity.Critical,
  high: Words.Severity.High,
  medium: Words.Severity.Medium,
  low: Words.Severity.Low,
  unrated: Words.Severity.Unknown,
};

/** OpenVEX's justifications in CycloneDX's words, where it has one of the same meaning. */
const JUSTIFICATIONS: ReadonlyMap<string, Words.AnalysisJustification> = new Map([
  ['component_not_present', Words.AnalysisJustification.CodeNotPresent],
  ['vulnerable_code_not_present', Words.AnalysisJustification.CodeNotPresent],
  ['vulnerable_code_not_in_execute_path', Words.AnalysisJustification.CodeNotReachable],
  ['inline_mitigations_already_exist', Words.AnalysisJustification.ProtectedByMitigatingControl],
]);

interface Said {
  readonly finding: Finding;
  readonly by: AppliedSuppression | undefined;
}

/**
 * The vulnerabilities of a scan. What is said alike of several packages is said once; what is suppressed
 * carries the decision as its analysis.
 */
export function toVulnerabilities(
  { findings, suppressed = [], likelihoods }: ScanResult,
  packages: readonly PackageComponent[],
): Parts.Vulnerability[] {
  const byPurl = Map.groupBy(packages, (each) => each.package.purl);
  const all: Said[] = [
    ...findings.map((finding) => ({ finding, by: undefined })),
    ...suppressed.map(({ finding, by }) => ({ finding, by })),
  ];
  const known = new Map<string, Parts.Vulnerability>();
  for (const said of all) {
    const saying = sayingOf(said);
    const vulnerability = known.get(saying) ?? toVulnerability(saying, said, likelihoods);
    known.set(saying, vulnerability);
    for (const affect of affectsOf(said.finding, byPurl.get(said.finding.package) ?? [])) {
      vulnerability.affects.add(affect);
    }
  }
  return [...known.values()];
}

/** All that is said of a vulnerability beside the packages that have it; also names it in the document. */
function sayingOf({ finding: { id, aliases, severity }, by }: Said): string {
  return [id, severity, ...(by ? [by.entry, by.version] : []), ...aliases].join(' ');
}

function toVulnerability(
  saying: string,
  { finding, by }: Said,
  likelihoods: ScanResult['likelihoods'],
): Parts.Vulnerability {
  const { id, aliases, severity, about, exploited } = finding;
  const likely = highestLikelihood(detailIds(finding), (each) => likelihoods?.get(each));
  return new Parts.Vulnerability({
    bomRef: `vulnerability:${saying}`,
    id,
    references: new Parts.ReferenceRepository(
      aliases.map(
        (alias) => new Parts.Reference(alias, new Parts.Source({ name: sourceOf(alias) })),
      ),
    ),
    ratings: new Parts.RatingRepository([
      new Parts.Rating({ severity: SEVERITIES[severity], method: Words.RatingMethod.Other }),
    ]),
    ...(about && { description: about }),
    ...(by && { analysis: analysisOf(by) }),
    properties: properties([
      ['exploited', exploited ? 'true' : undefined],
      ['epss:score', likely?.score.toString()],
      ['epss:percentile', likely?.percentile.toString()],
      ['epss:date', likely?.date],
    ]),
  });
}

/** Who gave an id, by its prefix: a reference needs one. */
function sourceOf(id: string): string {
  return id.split('-')[0] ?? id;
}

/** A purl at several paths is one finding for each owner of a path. */
function affectsOf(finding: Finding, packages: readonly PackageComponent[]): Parts.Affect[] {
  const own = packages.filter((each) => each.package.owner === (finding.owner?.name ?? null));
  // An owner that the inventory names and does not list is none to the matching.
  return (own.length > 0 ? own : packages).map(
    ({ component }) =>
      new Parts.Affect(component.bomRef, {
        versions: new Parts.AffectedVersionRepository([
          new Parts.AffectedSingleVersion(finding.version, { status: Words.AffectStatus.Affected }),
          ...(finding.fixedIn === null
            ? []
            : [
                new Parts.AffectedSingleVersion(finding.fixedIn, {
                  status: Words.AffectStatus.Unaffected,
                }),
              ]),
        ]),
      }),
  );
}

/** What somebody decided, in words for people beside CycloneDX's. */
function analysisOf({
  entry,
  owner,
  author,
  reason,
  until,
  via,
}: AppliedSuppression): Parts.Analysis {
  const words = reason.split(': ');
  const [status, justification] = via === 'vex' ? words : ['not_affected', words[0]];
  const detail = `${entry} of ${owner}, by ${author}, ${until}: ${reason}`;
  if (status === 'fixed')
    return new Parts.Analysis({ state: Words.AnalysisState.Resolved, detail });
  if (justification === 'risk_accepted') {
    return new Parts.Analysis({
      state: Words.AnalysisState.Exploitable,
      response: new Words.AnalysisResponseRepository([Words.AnalysisResponse.WillNotFix]),
      detail,
    });
  }
  const known = JUSTIFICATIONS.get(justification ?? '');
  return new Parts.Analysis({
    state: Words.AnalysisState.NotAffected,
    ...(known && { justification: known }),
    detail,
  });
}
