import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type IndexPorts, indexImage } from '../actions/index-image.ts';
import { createFolderObjectStore } from '../adapters/local/folder-object-store.ts';
import { readLayer } from '../adapters/registry/read-layer.ts';
import { IMAGE_CHECKS } from '../core/check/image-checks.ts';
import { prepareChecks } from '../core/check/run-checks.ts';
import { EXTRACTORS } from '../core/extract/extractors.ts';
import { readOsRelease } from '../core/extract/os-release/read-os-release.ts';
import type { Capture } from '../core/image/capture.ts';
import { type Digest, digestOf } from '../core/image/digest.ts';
import { ImageNotFoundError } from '../core/image/errors.ts';
import { mergeLayers } from '../core/image/overlay.ts';
import { parseReference } from '../core/image/reference.ts';
import { inFolder } from './in-folder.ts';
import { type LayerPlan, type StreamedLayer, streamLayer } from './made-up-image.ts';
import { captureOfPackages } from './made-up-packages.ts';
import type { BenchRow } from './measure.ts';

const SOURCE = fileURLToPath(import.meta.url);
const run = promisify(execFile);

const GIGABYTE = 1e9;

/** 5 GB and 200,000 files: a base, an installation of much Python, what a team adds. */
const LARGE: readonly LayerPlan[] = [
  { seed: 1, files: 20_000, bytes: 0.5 * GIGABYTE, projects: 0, packages: 600 },
  { seed: 2, files: 150_000, bytes: 4 * GIGABYTE, projects: 1_000, packages: 0 },
  { seed: 3, files: 25_000, bytes: 0.4 * GIGABYTE, projects: 200, packages: 0 },
  { seed: 4, files: 5_000, bytes: 0.1 * GIGABYTE, projects: 0, packages: 0 },
];

/** What 100 images have in common, and what each has of its own. */
const BASE: readonly LayerPlan[] = [
  { seed: 11, files: 3_000, bytes: 50e6, projects: 0, packages: 100 },
  { seed: 12, files: 2_000, bytes: 30e6, projects: 50, packages: 0 },
];
const IMAGES = 100;
const OWN: Omit<LayerPlan, 'seed'> = { files: 200, bytes: 1e6, projects: 10, packages: 0 };

/** Some packages are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE =
  "--banner:js=import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Indexing images: a large one, many on one base, and what each extractor and check takes. */
export async function benchImages(): Promise<BenchRow[]> {
  return inFolder(async (folder) => {
    const program = join(folder, 'images.mjs');
    const options = ['--bundle', '--minify', '--platform=node', '--format=esm', REQUIRE];
    // As Lambda has it: stripping types as Node loads the sources takes memory too.
    await run('node_modules/.bin/esbuild', [SOURCE, ...options, `--outfile=${program}`]);
    const rows: BenchRow[] = [];
    for (const task of ['large', 'shared', 'extractors']) {
      // The heap that a function of 2 GB has is larger; garbage is not to count as need.
      const flags = ['--max-old-space-size=400'];
      const { stdout } = await run(process.execPath, [...flags, program, task, join(folder, task)]);
      rows.push(...JSON.parse(stdout));
    }
    return rows;
  });
}

async function indexLarge(folder: string): Promise<BenchRow[]> {
  const source = imagesOf([LARGE]);
  const { seconds } = await indexAll(source, folder);
  const megabytes = source.counts.bytes / 1e6;
  const files = LARGE.reduce((total, plan) => total + plan.files, 0);
  const note = `${files} files, ${(megabytes / seconds).toFixed(0)} MB/s`;
  return [
    { name: 'index of a 5 GB image', value: seconds, unit: 's', note },
    { name: 'index of a 5 GB image, peak memory', value: peak(), unit: 'MB' },
  ];
}

async function indexShared(folder: string): Promise<BenchRow[]> {
  const plans = Array.from({ length: IMAGES }, (_, index) => [
    ...BASE,
    { ...OWN, seed: 100 + index },
  ]);
  const source = imagesOf(plans);
  const [first = 0, ...others] = (await indexAll(source, folder)).bytes;
  const total = others.reduce((sum, bytes) => sum + bytes, 0);
  const before = source.counts.bytes;
  const { seconds } = await indexAll(source, folder);
  const again = source.counts.bytes - before;
  return [
    { name: 'first of 100 images on a base, registry bytes', value: first / 1e6, unit: 'MB' },
    { name: 'each other of them', value: total / others.length / 1e6, unit: 'MB' },
    { name: 'all of them once more', value: (1000 * seconds) / IMAGES, unit: 'ms each' },
    { name: 'all of them once more, registry bytes', value: again, unit: 'bytes' },
  ];
}

/** What a config says of an image that starts Python. */
const CHECKED = {
  os: 'linux',
  architecture: 'amd64',
  config: {
    user: '65532',
    entrypoint: ['/usr/bin/python3'],
    cmd: [],
    env: [],
    labels: {},
    workingDir: '/',
    exposedPorts: [],
    volumes: [],
    stopSignal: '',
    healthcheck: [],
    shell: [],
  },
} as const;

async function timeExtractors(): Promise<BenchRow[]> {
  const layers = LARGE.map((plan) => streamLayer({ ...plan, bytes: plan.bytes / 50 }));
  const captures: Capture[] = [];
  for (const { expected, open } of layers)
    captures.push(await readLayer(asStream(open()), expected));
  const rows: BenchRow[] = [];
  const time = async <Result>(name: string, work: () => Result | Promise<Result>) => {
    const start = performance.now();
    const result = await work();
    rows.push({ name, value: performance.now() - start, unit: 'ms' });
    return result;
  };
  const { tree } = await time('lay 200,000 files over each other', () => mergeLayers(captures));
  await time('list 200,000 files', () => tree.entries());
  const { distro } = readOsRelease(tree);
  for (const each of EXTRACTORS) await time(each.name, () => each.extract({ tree, distro }));
  const input = prepareChecks({
    ...CHECKED,
    tree,
    distro,
    packages: [],
    runtimes: [],
    pythonEnvironments: [],
    ownerOf: () => null,
    buriedKeys: [],
  });
  for (const each of IMAGE_CHECKS) await time(`check/${each.id}`, () => each.run(input));
  return [...rows, ...(await timePackages())];
}

/** What an extractor takes for the packages of its format, where there are some. */
async function timePackages(): Promise<BenchRow[]> {
  const { tree } = mergeLayers([captureOfPackages()]);
  const { distro } = readOsRelease(tree);
  tree.entries();
  const rows: BenchRow[] = [];
  for (const each of EXTRACTORS) {
    const start = performance.now();
    const { packages } = await each.extract({ tree, distro });
    const value = performance.now() - start;
    if (packages.length === 0) continue;
    rows.push({ name: `${each.name}, ${packages.length} packages`, value, unit: 'ms' });
  }
  return rows;
}

interface MadeImages {
  readonly images: IndexPorts['images'];
  readonly digests: readonly Digest[];
  /** Of manifests, configs and layers that were asked for. */
  readonly counts: { bytes: number };
}

/** A registry that holds images of these layers. */
function imagesOf(plans: readonly (readonly LayerPlan[])[]): MadeImages {
  const layers = new Map<string, StreamedLayer>();
  const layerOf = (plan: LayerPlan) => {
    const known = layers.get(JSON.stringify(plan)) ?? streamLayer(plan);
    layers.set(JSON.stringify(plan), known);
    return known;
  };
  const documents = new Map<Digest, Buffer>();
  const digests = plans.map((each) => describe(each.map(layerOf), documents));
  const counts = { bytes: 0 };
  const document = (digest: Digest) => {
    const bytes = documents.get(digest);
    if (!bytes) throw new ImageNotFoundError(digest);
    counts.bytes += bytes.length;
    return bytes;
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  return {
    digests,
    counts,
    images: {
      resolve: () => Promise.reject(new ImageNotFoundError('tag')),
      referrers: async () => [],
      manifest: async (_, digest) => ({ mediaType, bytes: document(digest) }),
      blob: async (_, { digest }) => document(digest),
      async capture(_, { digest }) {
        const layer = [...layers.values()].find(({ expected }) => expected.digest === digest);
        if (!layer) throw new ImageNotFoundError(digest);
        counts.bytes += layer.expected.size;
        return readLayer(asStream(layer.open()), layer.expected);
      },
    },
  };
}

function describe(layers: readonly StreamedLayer[], documents: Map<Digest, Buffer>): Digest {
  const keep = (document: object) => {
    const bytes = Buffer.from(JSON.stringify(document));
    documents.set(digestOf(bytes), bytes);
    return { digest: digestOf(bytes), size: bytes.length };
  };
  const config = keep({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ expected }) => expected.diffId) },
  });
  return keep({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map(({ expected: { diffId: _, ...layer } }) => layer),
  }).digest;
}

/** Indexes one image after the other; registry bytes of each. */
async function indexAll(
  { images, digests, counts }: MadeImages,
  folder: string,
): Promise<{ readonly seconds: number; readonly bytes: readonly number[] }> {
  const ports = { images, objects: createFolderObjectStore({ folder }), log: QUIET };
  const reference = parseReference('registry.example/image:latest');
  const start = performance.now();
  const bytes: number[] = [];
  for (const digest of digests) {
    const before = counts.bytes;
    await indexImage(ports, { reference, digest });
    bytes.push(counts.bytes - before);
  }
  return { seconds: (performance.now() - start) / 1000, bytes };
}

const QUIET = { info() {}, warn() {} };

/** Between pieces others have their turn, as with a connection. */
async function* asStream(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield piece;
}

function peak(): number {
  return (process.resourceUsage().maxRSS * 1024) / 1e6;
}

const TASKS: Readonly<Record<string, (folder: string) => Promise<BenchRow[]>>> = {
  large: indexLarge,
  shared: indexShared,
  extractors: timeExtractors,
};

// The child process of `benchImages`.
const [, program, name = '', folder = ''] = process.argv;
const task = program === SOURCE ? TASKS[name] : undefined;
if (task) process.stdout.write(JSON.stringify(await task(folder)));
