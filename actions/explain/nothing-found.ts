import type { Details } from '../../core/advisory/details.ts';
import type { Resolved } from './find-resolved.ts';

/** Why there is nothing to explain. */
export type NothingFound =
  | {
      /** Nothing is known by that name: no vulnerability, package, check or thread. */
      readonly kind: 'unknown';
      readonly asked: string;
      /** What it was taken for; `null`: it may have been anything. */
      readonly what: 'check' | 'thread' | 'package' | null;
      /** Names that are like it. */
      readonly similar: readonly string[];
    }
  | { readonly kind: 'no-night' }
  | {
      /** No image, workload or package of that name is known. */
      readonly kind: 'no-image' | 'no-workload' | 'no-package';
      readonly asked: string;
      /** Names that are like it. */
      readonly similar: readonly string[];
      /** Images that were looked at. */
      readonly images: number;
    }
  | ({
      /** No advisory about a package of these images names the vulnerability. */
      readonly kind: 'not-known';
      readonly images: number;
      readonly packages: number;
      /** Of these, packages of an ecosystem that no feed speaks of: nothing is known of them. */
      readonly unmatched: number;
      /** Images that could not be looked at: no extractor of today has read them. */
      readonly left: number;
      /** Workloads and channels, outside of what was asked about, that it is a finding of. */
      readonly elsewhere: readonly string[];
      /** Ids of open findings that are like it; none where it is one itself. */
      readonly similar: readonly string[];
      /** That it was told once, and is over. */
      readonly resolved: Resolved | null;
    } & KnownId);

/** What is known of an id, whatever package it is about. */
export interface KnownId {
  /** Feeds with a record of that id. */
  readonly recordIn: readonly string[];
  readonly details: readonly { readonly feed: string; readonly details: Details }[];
  /** Ecosystems of the packages in question that no feed speaks of. */
  readonly uncovered: readonly string[];
}
