import type { Digest } from '../image/digest.ts';
import type { LineageRow } from '../lineage/lineage.ts';
import type { ImageOrigin, Origins } from './origin.ts';
import { findRebuilds, type Rebuild, type Running } from './rebuilds.ts';
import { createStandings, type Standing } from './standing.ts';

/** Where what runs comes from, as people are shown it. */
export interface FleetOrigins {
  /** How the base of an image stands; `undefined` where none is known. */
  standingOf(digest: Digest): Standing | undefined;
  /** What was noted of an image; `undefined` of one that was not looked into. */
  noteOf(digest: Digest): ImageOrigin | undefined;
  readonly rebuilds: readonly Rebuild[];
}

/** Joins what a night knows of its images' origins to what runs and is found. */
export function createFleetOrigins(
  origins: Origins,
  rows: readonly LineageRow[],
  running: readonly Running[],
): FleetOrigins {
  const standingOf = createStandings(origins);
  const notes = new Map(origins.images.map((each) => [each.digest, each]));
  return {
    standingOf,
    noteOf: (digest) => notes.get(digest),
    rebuilds: findRebuilds(rows, running, standingOf),
  };
}
