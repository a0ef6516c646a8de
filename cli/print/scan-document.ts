import type { ScanResult } from '../../actions/scan-image.ts';
import { highestLikelihood } from '../../core/advisory/likelihood.ts';
import { kindOfCheck } from '../../core/check/listed-checks.ts';
import type { BaseEvidence } from '../../core/inventory/base-evidence.ts';
import type { PythonEnvironment } from '../../core/inventory/python-environment.ts';
import { detailIds } from '../../core/match/apply-details.ts';
import type { Finding } from '../../core/match/finding.ts';
import { formatDocument } from './format-document.ts';
import { breakingMinors } from './print-python-environments.ts';

/**
 * What `scan --format json` prints.
 *
 * @param reference the target as it was written
 */
export function formatScanDocument(reference: string, result: ScanResult): string {
  return formatDocument(scanDocument(reference, result));
}

/** A contract with other programs: each field is named here. */
function scanDocument(reference: string, result: ScanResult) {
  const { inventory, findings, suppressed, vex, problems, isCovered, likelihoods } = result;
  const { digest, platform, created, size, layers } = inventory;
  return {
    image: { reference, digest, platform, created, size, layers },
    distro: inventory.distro,
    ...(inventory.baseEvidence && { base: baseDocument(inventory.baseEvidence) }),
    packages: inventory.packages.map(
      ({ purl, name, version, type, source, arch, path, owner, layer = null, confidence }) => ({
        purl,
        name,
        version,
        type,
        source,
        arch,
        path,
        owner,
        layer,
        ...(confidence && { confidence }),
      }),
    ),
    runtimes: inventory.runtimes.map(({ language, version, evidence, conflicts = [] }) => ({
      language,
      version,
      evidence,
      conflicts,
    })),
    pythonEnvironments: (inventory.pythonEnvironments ?? []).map(environmentDocument),
    ...(inventory.coverage && { coverage: inventory.coverage }),
    matched: isCovered,
    findings: findings.map((finding) => ({
      ...findingDocument(finding),
      // Only who gives scores expects them; `null`: this one has none.
      ...(likelihoods && {
        epss: highestLikelihood(detailIds(finding), (id) => likelihoods.get(id)) ?? null,
      }),
    })),
    ...(suppressed && {
      suppressed: suppressed.map(({ finding, by }) => ({
        id: finding.id,
        package: finding.package,
        severity: finding.severity,
        by,
      })),
    }),
    ...(vex && {
      vex: {
        applied: false,
        statements: vex.statements.map(({ document, author, vulnerabilities, status, reason }) => ({
          document,
          author,
          vulnerabilities,
          status,
          reason,
        })),
      },
    }),
    ...(result.sboms && { sboms: result.sboms.comparisons }),
    checks: result.checks.map(({ id, status, message, evidence }) => ({
      id,
      kind: kindOfCheck(id),
      status,
      message,
      evidence,
    })),
    problems,
  };
}

function baseDocument({ claims, apko }: BaseEvidence) {
  return {
    claims: claims.map(({ from, name, digest }) => ({ from, name, digest })),
    apko: apko && { layers: apko.layers, name: apko.name, vendor: apko.vendor },
  };
}

/** `breaksOn`: those of the next three minors on which it breaks; the bounds say why. */
function environmentDocument(environment: PythonEnvironment) {
  const { kind, path, minor, runsOn, packages, broken, bounds } = environment;
  return {
    kind,
    path,
    minor,
    runsOn,
    packages,
    broken,
    bounds,
    breaksOn: breakingMinors(environment),
    isStarted: environment.isStarted === true,
  };
}

function findingDocument({ id, aliases, package: purl, version, severity, fixedIn }: Finding) {
  return { id, aliases, package: purl, version, severity, fixedIn };
}
