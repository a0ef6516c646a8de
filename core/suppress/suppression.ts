import type { Severity } from '../advisory/severity.ts';
import type { VexStatement } from './vex-statement.ts';

/** Why a vulnerability is not to be heard of: the words of OpenVEX for what is not affected, and one for what is. */
export const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
  'risk_accepted',
] as const;

/** What a suppression is about; a list without patterns leaves nothing out. */
export interface SuppressionScope {
  /** Names (`openssl`), or purls that begin with `pkg:`; one without `@` is of any version. */
  readonly packages: readonly string[];
  /** `registry/repository` of any channel, or `registry/repository|channel`. */
  readonly images: readonly string[];
  /** Workloads as lineages name them, without the container: `ecs/prod/api`. */
  readonly workloads: readonly string[];
}

/** When a suppression is over: as soon as any of these is so. */
export interface SuppressionEnd {
  /** The last day (UTC, `YYYY-MM-DD`) and the moment (RFC 3339) from which on it holds no more. */
  readonly date?: { readonly last: string; readonly over: string };
  /** A version without the vulnerability is known. */
  readonly fix?: true;
  /** It is rated worse, or is known to be exploited and was not, when it was judged. */
  readonly change?: { readonly severity: Severity; readonly exploited: boolean };
}

/** A decision not to hear of a vulnerability somewhere. */
export interface Suppression extends SuppressionScope {
  readonly id: string;
  /** Any id of the vulnerability: aliases count. */
  readonly vulnerability: string;
  readonly owner: string;
  readonly author: string;
  readonly reason: string;
  /** RFC 3339: before it nothing was decided. */
  readonly from: string;
  readonly end: SuppressionEnd;
}

/** All that somebody has decided, in one version. */
export interface SuppressionSet {
  /** Hash of what it says. */
  readonly version: string;
  /** The first that applies counts. */
  readonly entries: readonly Suppression[];
  /** What documents of VEX say; not there where there are none. Entries come first. */
  readonly statements?: readonly VexStatement[];
  /** Patterns of `registry/repository` whose attached documents count; not there where none is. */
  readonly trustAttachedFrom?: readonly string[];
  /** What documents say that are attached to images, as a night knew them. Everything else comes first. */
  readonly attached?: readonly VexStatement[];
}

/** A set as a run names it. */
export interface SuppressionsRef {
  readonly version: string;
  /** Key of the set. */
  readonly key: string;
}

/** By whose word a finding is suppressed. */
export interface AppliedSuppression {
  /** Id of the entry. */
  readonly entry: string;
  /** Of the set that it stood in; of a document that is attached to an image, its digest. */
  readonly version: string;
  readonly owner: string;
  readonly author: string;
  readonly reason: string;
  /** When it is over, in words: `until 2027-01-31`. */
  readonly until: string;
  /** That no entry says so, but a document of VEX. */
  readonly via?: 'vex';
}

/** A finding, as far as a suppression asks for it. */
export interface Suppressible {
  /** Every id of the vulnerability. */
  readonly ids: readonly string[];
  /** purl of the package. */
  readonly package: string;
  readonly severity: Severity;
  readonly fixedIn: string | null;
  readonly exploited?: unknown;
}

/** Where a finding is. */
export interface SuppressedPlace {
  readonly kind: 'workload' | 'repository';
  readonly lineage: string;
  /** `registry/repository|channel` of the image. */
  readonly channel: string;
  /** As deployed or pushed, and of the platform. */
  readonly imageDigest: string;
  readonly digest: string;
}

/** What ended before a day (UTC, `YYYY-MM-DD`): it silences nothing any more, a line each. */
export function describeEnded({ entries }: SuppressionSet, today: string): string[] {
  return entries.flatMap(({ id, end }) =>
    end.date && end.date.last < today
      ? [`${id}: it ended on ${end.date.last}: take the entry out, or judge it again`]
      : [],
  );
}

/** When a suppression is over, in words that follow its subject. */
export function endText({ date, fix, change }: SuppressionEnd): string {
  const ends = [
    ...(date ? [`until ${date.last}`] : []),
    ...(fix ? ['until a fix exists'] : []),
    ...(change ? ['until severity or known exploitation changes'] : []),
  ];
  return ends.length > 0 ? ends.join(' or ') : 'for good';
}
