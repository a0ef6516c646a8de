import { createFleetOrigins, type FleetOrigins } from '../../core/base/fleet-origins.ts';
import type { ImageBase, Origins } from '../../core/base/origin.ts';
import type { Standing } from '../../core/base/standing.ts';
import { aDigest } from './state-builders.ts';

const NOTHING: Origins = { tags: [], images: [], findings: {}, judgedBy: '' };

/** A fleet of which nobody knows where it comes from. */
export const NO_ORIGINS: FleetOrigins = createFleetOrigins(NOTHING, [], []);

const PURL = 'pkg:apk/wolfi/openssl@3.5.0-r0?arch=x86_64&distro=wolfi';

/** How the base of an image stands that has openssl, and is 8 builds behind one without findings. */
export function aStanding(
  overrides: Partial<Standing> = {},
  base: Partial<ImageBase> = {},
): Standing {
  return {
    base: {
      name: 'cgr.dev/chainguard/python:latest',
      digest: aDigest('b'),
      platformDigest: aDigest('b'),
      method: 'layers',
      confidence: 'high',
      ...base,
    },
    at: '2026-11-12T05:00:00.000Z',
    buildsBehind: 8,
    daysBehind: 9,
    packages: new Set([PURL]),
    newestFindings: new Set(),
    moves: [],
    ...overrides,
  };
}
