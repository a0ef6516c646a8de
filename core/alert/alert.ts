import type { Severity } from '../advisory/severity.ts';

/** Why a lineage changed. */
export type Cause =
  | 'image'
  | 'deployment'
  | 'advisory'
  | 'feed'
  | 'engine'
  | 'suppression'
  | 'inventory';

export type AlertKind =
  | 'baseline'
  | 'new-workload'
  | 'disclosed'
  | 'regression'
  | 'drift'
  | 'resolved'
  | 'feed'
  | 'problem'
  | 'support'
  | 'suppression';

/** What is told. */
export interface Alert {
  /** Hash of what changed and of the digest or record that brought it; never of the path, an event or a time. */
  readonly alertId: string;
  /** The id of the first alert of the matter: what is resolved later is told under it. */
  readonly threadId: string;
  readonly kind: AlertKind;
  readonly severity: Severity | 'none';
  readonly cause: Cause;
  readonly title: string;
  /** What to do, in a sentence or a few. */
  readonly remedy: string;
  /** What it is about: an image, a vulnerability, a feed. */
  readonly subject: string;
  /** How many lineages are concerned. */
  readonly count: number;
  /** Their ids, sorted; cut to `ALERT_LINEAGES`, `count` says how many there were. */
  readonly lineages: readonly string[];
  /** The whole text for people. */
  readonly message: string;
}

/** A line for people alone: a night that tells nothing else, a test. */
export interface Notice {
  readonly kind: 'notice';
  /** Of a night: a hash of the run that it is about. */
  readonly alertId: string;
  readonly title: string;
  /** The whole text, one line. */
  readonly message: string;
}

/** What is pending until all who are to hear of it have taken it. */
export type Told = Alert | Notice;

/** Who is told; each has a topic, and takes what is told for itself. */
export type Audience = 'machines' | 'people';

/** Lineages named in an alert, at most. */
export const ALERT_LINEAGES = 50;

/** A matter that was told and is not over. */
export interface Thread {
  readonly threadId: string;
  /** Hash of what it is about; once ended, the same matter opens under another id. */
  readonly matter: string;
  readonly kind: AlertKind;
  readonly severity: Severity | 'none';
  readonly title: string;
  readonly subject: string;
}
