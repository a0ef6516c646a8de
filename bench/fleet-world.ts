import type { WrittenEvent } from '../local/world/world-event.ts';

/** Services that share a registry's project. */
const PER_PROJECT = 50;
/** Common bases, each of two layers. */
const BASES = 10;
const BASE_LAYERS = 2;

/** Distinct layers of a fleet: its bases', and one of each image. */
export function layersOf(images: number): number {
  return BASES * BASE_LAYERS + images;
}

/**
 * What is there before the first night: services that each run an image of their own, on few bases.
 *
 * @param hasLayers whether each image has a layer of its own; else its configuration alone differs,
 *   which is quicker to build and to index. @default true
 */
export function fleetEvents(
  at: string,
  images: number,
  { hasLayers = true }: { readonly hasLayers?: boolean } = {},
): WrittenEvent[] {
  const bases = Array.from({ length: BASES }, (_, n) => push(at, baseName(n), baseOf(n)));
  const services = Array.from({ length: images }, (_, n): WrittenEvent[] => {
    const project = Math.floor(n / PER_PROJECT);
    const image = `registry.example/project-${project}/part-${n % PER_PROJECT}:latest`;
    return [
      hasLayers ? pushOf(at, image, n) : push(at, image, plainImage(n)),
      { at, do: 'deploy', workload: `ecs/fleet/service-${n}`, container: 'app', image },
    ];
  });
  return [...bases, ...services.flat(), ...advisories(at)];
}

/** Findings that every image has, all on common packages. */
function advisories(at: string): WrittenEvent[] {
  return Array.from({ length: 20 }, (_, n) => ({
    at,
    do: 'advise',
    feed: 'chainguard',
    record: {
      id: `CVE-2026-${9_000_100 + n}`,
      modified: at,
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N' }],
      affected: [
        {
          package: { ecosystem: 'Chainguard', name: `package-${n}` },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
        },
      ],
    },
  }));
}

/** The push of an image like those of the fleet. */
export function pushOf(at: string, image: string, n: number): WrittenEvent {
  return push(at, image, { base: baseName(n % BASES), layers: [{ files: filesOf(n) }] });
}

function plainImage(n: number): Platform {
  return { base: baseName(n % BASES), layers: [], config: { Labels: { number: String(n) } } };
}

type Platform = Extract<WrittenEvent, { do: 'push' }>['platforms'][string];

function push(at: string, image: string, platform: Platform): WrittenEvent {
  return { at, do: 'push', image, platforms: { 'linux/amd64': platform } };
}

function baseName(n: number): string {
  return `registry.example/base-${n}:latest`;
}

/** A base of 60 packages, some of them its own, with a file each. */
function baseOf(n: number): Platform {
  const osRelease = { ID: 'chainguard', NAME: 'Chainguard', VERSION_ID: '20230214' };
  const apk = Array.from({ length: 60 }, (_, each) => {
    const name = each < 40 ? `package-${each}` : `package-${n}-${each}`;
    return { name, version: `1.${each}.0-r${n % 3}`, files: [`usr/lib/lib${name}.so`] };
  });
  const files = Object.fromEntries(apk.map((each) => [each.files[0] ?? '', `${each.name}\n`]));
  return { layers: [{ osRelease, apk }, { files }], config: { User: '65532' } };
}

/** An application: a few files that no other image has. */
function filesOf(n: number): Record<string, string> {
  const names = Array.from({ length: 20 }, (_, each) => `app/module-${each}.js`);
  return Object.fromEntries(names.map((name) => [name, `// ${name} of ${n}\n`.repeat(20)]));
}
