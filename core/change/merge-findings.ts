import { highestFix } from '../advisory/evaluate.ts';
import { worst } from '../advisory/severity.ts';
import { isQuiet, strongest } from '../advisory/status.ts';
import { limited } from '../alert/compose-alert.ts';
import type { Finding, FindingRecord } from '../match/finding.ts';
import { schemeOf } from '../version/scheme-of.ts';

/** Versions that are named, at most. */
const VERSIONS_NAMED = 4;

/** An ecosystem whose versions are ordered as those of a purl's type are. */
const ECOSYSTEMS: Readonly<Record<string, string>> = {
  apk: 'Alpine',
  cargo: 'crates.io',
  deb: 'Debian',
  golang: 'Go',
  maven: 'Maven',
  npm: 'npm',
  pypi: 'PyPI',
  rpm: 'Red Hat',
};

/**
 * Findings of one vulnerability in several versions of one package as one: nobody is told twice,
 * and what holds for any of them holds. So the worst severity counts, and the highest fix, where
 * there is one for each.
 */
export function mergeFindings(findings: readonly [Finding, ...Finding[]]): Finding {
  const [first, ...others] = findings;
  if (others.length === 0) return first;
  const gravest = findings.reduce((a, b) => (worst(a.severity, b.severity) === a.severity ? a : b));
  const { status: _status, ratedBy: _ratedBy, ...said } = first;
  const status = statusOf(findings);
  const about = findings.find((each) => each.about !== undefined)?.about;
  const exploited = findings.find((each) => each.exploited)?.exploited;
  return {
    ...said,
    version: limited(distinct(findings.map(({ version }) => version)), VERSIONS_NAMED).join(', '),
    aliases: distinct(findings.flatMap(({ aliases }) => aliases)).sort(),
    severity: gravest.severity,
    fixedIn: fixOf(findings),
    feeds: distinct(findings.flatMap(({ feeds }) => feeds)).sort(),
    records: recordsOf(findings),
    ...(status && { status }),
    ...(about !== undefined && { about }),
    ...(gravest.ratedBy && { ratedBy: gravest.ratedBy }),
    ...(exploited && { exploited }),
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function fixOf(findings: readonly [Finding, ...Finding[]]): string | null {
  const type = /^pkg:([a-z]+)\//.exec(findings[0].package)?.[1] ?? '';
  return highestFix(
    schemeOf(ECOSYSTEMS[type] ?? ''),
    findings.map(({ fixedIn }) => fixedIn),
  );
}

/** As of one version's records: the strongest of what is open; quiet only where all are. */
function statusOf(findings: readonly Finding[]): Finding['status'] {
  const loud = findings.filter(({ status }) => !isQuiet(status));
  const speaking = loud.length === 0 ? findings : loud.filter(({ fixedIn }) => fixedIn === null);
  const status = strongest(speaking.map((each) => each.status ?? 'affected'));
  return status === 'affected' ? undefined : status;
}

function recordsOf(findings: readonly Finding[]): FindingRecord[] {
  const records = new Map(
    findings
      .flatMap((each) => each.records)
      .map((record) => [`${record.id}\n${record.hash}`, record]),
  );
  return [...records]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, record]) => record);
}
