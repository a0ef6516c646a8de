import { parseArgs } from 'node:util';
import { explainScanned } from '../../actions/explain-scanned.ts';
import type { ImageSource, ObjectStore } from '../../actions/ports.ts';
import { type ScanResult, scanImage } from '../../actions/scan-image.ts';
import { createLocalFeed, createLocalScores } from '../../adapters/feeds/local-feed.ts';
import { createDockerArchiveSource } from '../../adapters/local/docker-archive-source.ts';
import { createMemoryObjectStore } from '../../adapters/local/memory-object-store.ts';
import { createOciLayoutSource } from '../../adapters/local/oci-layout-source.ts';
import { createRegistry } from '../../adapters/registry/create-registry.ts';
import {
  InvalidEndpointError,
  parseRegistryEndpoints,
} from '../../adapters/registry/registry-endpoints.ts';
import { SEVERITIES, type Severity } from '../../core/advisory/severity.ts';
import { AccessDeniedError } from '../../core/image/errors.ts';
import { formatPlatform } from '../../core/image/platform.ts';
import type { SuppressionSet } from '../../core/suppress/suppression.ts';
import { checkExplain } from '../check-explain.ts';
import { UnusableInputError, UsageError } from '../command-errors.ts';
import type { Io } from '../io.ts';
import { oneOf } from '../one-of.ts';
import { parseSize } from '../parse-size.ts';
import { describeCulprits } from '../print/describe-culprits.ts';
import { createPaint } from '../print/paint.ts';
import { doubtsOf } from '../print/print-coverage.ts';
import { printFailure, printLines } from '../print/print-error.ts';
import type { CommandOf } from '../print/print-explanation.ts';
import { printScan } from '../print/print-scan.ts';
import { formatScanDocument } from '../print/scan-document.ts';
import { printAnswer, quoted } from '../print-answer.ts';
import { readSuppressions } from '../read-suppressions.ts';
import { nameOfTarget, parseScanTarget, type ScanTarget } from '../scan-target.ts';
import type { Command } from './command.ts';

/** What Node calls processors, as OCI does (Go's GOARCH). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  ia32: '386',
  ppc64: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
};

/** The command could not find out: neither a clean image nor a bad one. */
const COULD_NOT_TELL = 3;

interface Request {
  /** As it was written. */
  readonly name: string;
  readonly target: ScanTarget;
  readonly advisories: readonly string[];
  readonly epss: string | null;
  readonly suppressions: SuppressionSet | undefined;
  readonly suppressionsFile: string | null;
  readonly platform: string | null;
  readonly sizeBudget: number | undefined;
  readonly format: 'table' | 'json' | 'cyclonedx';
  readonly failOn: Severity | null;
  /** What to explain instead of saying all. */
  readonly explain: string | null;
  readonly package: string | null;
}

/** Says what is in one image. */
export const scan: Command = {
  name: 'scan',
  summary: 'says what is in one image, and which advisories apply to it',
  synopsis:
    'TARGET [--advisories PATH]... [--epss FILE] [--suppressions FILE] [--platform OS/ARCH] [--size-budget SIZE] [--format table|json|cyclonedx] [--fail-on SEVERITY] [--explain FINDING] [--package NAME|PURL]',
  options: [
    [
      'TARGET',
      'a reference with its registry (cgr.dev/chainguard/python:latest), oci:DIR[:TAG] or docker-archive:FILE[:NAME:TAG]. Registries are asked without credentials; REGISTRY_ENDPOINTS=host=url,... in the environment says where else one is reached',
    ],
    [
      '--advisories',
      'OSV records: a folder of .json, a .zip, .tar.gz (.tgz), .ndjson[.gz] or .jsonl[.gz]; or Amazon Linux’s updateinfo.xml[.gz]; may be repeated',
    ],
    [
      '--epss',
      "EPSS's table of a day, .csv or .csv.gz: how likely each finding is to be exploited. Today's: https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    ],
    [
      '--suppressions',
      'what is not to be heard of (docs/suppressions.md): shown apart, and no reason to fail',
    ],
    [
      '--platform',
      "which one of an image that has several; by default this machine's, else linux/amd64, else the only one",
    ],
    [
      '--size-budget',
      'what the image may have, compressed, such as 500MB: above it the scan advises; none by default',
    ],
    [
      '--format',
      'table for people, json for programs, cyclonedx for a bill of materials (CycloneDX 1.6, docs/sbom.md); table by default',
    ],
    [
      '--fail-on',
      `${SEVERITIES.join(', ')}: look for findings at least so bad; an unrated one always counts, since it may be anything. Findings alone count: a failed check never changes the exit status`,
    ],
    [
      '--explain',
      'instead of all: why one vulnerability (any of its ids) is a finding in the image, or is none; what is found for a package, or what a check says (tidewatch help explain)',
    ],
    ['--package', 'with --explain: of this package alone'],
  ],
  status:
    '0; 1 with --fail-on when there is such a finding: standard error names the worst; 2 when the words are not valid; 3 when it could not tell: image or advisories cannot be read or, with --fail-on, problems, or executables that are opaque or only partly listed, may hide a finding (no advisories, or none about an ecosystem that packages of the image are of).',
  run: scanTarget,
};

async function scanTarget(args: readonly string[], io: Io): Promise<number> {
  const request = readArguments(args);
  const images = openSource(request.target, io);
  const objects = createMemoryObjectStore();
  const result = await scanOrTell(request, { images, objects }, io);
  if (!result) return COULD_NOT_TELL;
  if (request.explain !== null) {
    const { name: called, explain: finding, package: named } = request;
    const answer = await explainScanned(objects, result, { finding, package: named, called });
    return printAnswer(io, answer, request.format === 'json', commandOf(request));
  }
  await printResult(request, result, io);
  return judge(request, result, io);
}

async function printResult(
  { format, name, target }: Request,
  result: ScanResult,
  io: Io,
): Promise<void> {
  if (format === 'cyclonedx') {
    // Its library takes longer to load than most commands to run.
    const { formatCycloneDx } = await import('../print/cyclonedx-document.ts');
    io.print(formatCycloneDx(nameOfTarget(target), result));
  } else if (format === 'json') {
    io.print(formatScanDocument(name, result));
  } else {
    const width = io.isTerminal ? io.columns : Number.POSITIVE_INFINITY;
    printScan({ io, paint: createPaint(io.isColoured), width }, name, result);
  }
}

function readArguments(args: readonly string[]): Request {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      advisories: { type: 'string', multiple: true, default: [] },
      epss: { type: 'string' },
      suppressions: { type: 'string' },
      platform: { type: 'string' },
      'size-budget': { type: 'string' },
      format: { type: 'string', default: 'table' },
      'fail-on': { type: 'string' },
      explain: { type: 'string' },
      package: { type: 'string' },
    },
  });
  const [name, ...more] = positionals;
  if (!name || more.length > 0) throw new UsageError('expected one TARGET');
  checkExplain(values);
  return {
    name,
    target: parseScanTarget(name),
    advisories: values.advisories,
    epss: values.epss ?? null,
    suppressions: readSuppressions(values.suppressions),
    suppressionsFile: values.suppressions ?? null,
    platform: values.platform === undefined ? null : readPlatform(values.platform),
    sizeBudget:
      values['size-budget'] === undefined
        ? undefined
        : parseSize('--size-budget', values['size-budget']),
    format: oneOf('--format', ['table', 'json', 'cyclonedx'] as const, values.format),
    failOn:
      values['fail-on'] === undefined ? null : oneOf('--fail-on', SEVERITIES, values['fail-on']),
    explain: values.explain ?? null,
    package: values.package ?? null,
  };
}

/** A question that comes next, as a shell takes it. */
function commandOf(request: Request): CommandOf {
  const { name, advisories, epss, platform, explain, suppressionsFile: file } = request;
  return ({ finding = explain ?? '', package: named = request.package }) =>
    [
      'npx tidewatch scan',
      quoted(name),
      ...advisories.flatMap((path) => ['--advisories', quoted(path)]),
      ...(epss === null ? [] : ['--epss', quoted(epss)]),
      ...(file === null ? [] : ['--suppressions', quoted(file)]),
      ...(platform === null ? [] : ['--platform', quoted(platform)]),
      '--explain',
      quoted(finding),
      ...(named === null ? [] : ['--package', quoted(named)]),
    ].join(' ');
}

function readPlatform(text: string): string {
  const [os = '', architecture = '', variant, ...more] = text.split('/');
  if (os === '' || architecture === '' || variant === '' || more.length > 0) {
    throw new UsageError(`expected --platform os/architecture, got ${JSON.stringify(text)}`);
  }
  return formatPlatform({ os, architecture, variant });
}

function openSource(target: ScanTarget, io: Io): ImageSource {
  switch (target.kind) {
    case 'oci':
      return createOciLayoutSource(target.path);
    case 'docker-archive':
      return createDockerArchiveSource(target.path);
    case 'registry':
      return createRegistry({ endpoints: readEndpoints(io.registryEndpoints) });
  }
}

function readEndpoints(text: string) {
  try {
    return parseRegistryEndpoints(text);
  } catch (error) {
    if (!(error instanceof InvalidEndpointError)) throw error;
    throw new UnusableInputError(`REGISTRY_ENDPOINTS: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * The result, or `undefined` after it was said why there is none. Even our own defects must not
 * end as status 1, which means findings.
 */
async function scanOrTell(
  { name, target, platform, sizeBudget, advisories, epss, suppressions }: Request,
  stores: { readonly images: ImageSource; readonly objects: ObjectStore },
  io: Io,
): Promise<ScanResult | undefined> {
  try {
    return await scanImage(
      {
        ...stores,
        clock: { now: () => new Date() },
        log: { info: () => undefined, warn: () => undefined },
      },
      {
        reference: target.reference,
        platform,
        sizeBudget,
        preferred: preferredPlatforms(),
        feeds: [...new Set(advisories)].map((path) => createLocalFeed(path, path)),
        scores: epss === null ? null : createLocalScores(epss, epss),
        suppressions,
      },
    );
  } catch (error) {
    if (error instanceof AccessDeniedError && target.kind === 'registry') {
      printLines(io, `tidewatch: ${error.message}; ${withCredentials(name)}`);
    } else {
      printFailure(io, error);
    }
    return undefined;
  }
}

function preferredPlatforms(): string[] {
  const own = ARCHITECTURES[process.arch];
  return [...(own ? [`linux/${own}`] : []), 'linux/amd64'];
}

/** Registries refuse what is not there in the same words as what is private. */
function withCredentials(name: string): string {
  return `scan asks without credentials, but skopeo can fetch what needs some: skopeo copy docker://${name} oci:DIR:latest`;
}

function judge({ failOn }: Request, result: ScanResult, io: Io): number {
  if (failOn === null) return 0;
  const culprits = describeCulprits(result, failOn);
  if (culprits !== undefined) {
    printLines(io, `tidewatch: ${culprits}`);
    return 1;
  }
  if (result.isSure) return 0;
  io.printError(`tidewatch: could not tell: ${doubtsOf(result)} may hide a finding`);
  return COULD_NOT_TELL;
}
