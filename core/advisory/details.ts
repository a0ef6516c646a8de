import { MalformedObjectError } from '../object/json-object.ts';
import { detach } from './block.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Format of a details snapshot's index object. */
export const DETAILS_FORMAT = 'details/2';

/** As `LINES_FORMAT` of `snapshot.ts`. */
export const DETAILS_LINES_FORMAT = 'details/1';

/** Its blocks were compressed otherwise, which each block says itself. */
export const OLDER_DETAILS_FORMATS: readonly string[] = ['details/1'];

/** That a vulnerability is known to be used in attacks. */
export interface Exploitation {
  /** The day since when it is listed as such, `YYYY-MM-DD`. */
  readonly since: string;
  /** Whether ransomware is known to use it. */
  readonly ransomware: boolean;
  /** The day by which CISA wants it remedied, `YYYY-MM-DD`, where it says one. */
  readonly due?: string;
}

/** What is known of a vulnerability, whatever package has it. */
export interface Details {
  /** `CVE-2026-1234`, `GHSA-jfh8-c2jp-5v3q` */
  readonly id: string;
  /** One short line, or `null`. */
  readonly title: string | null;
  readonly severity: Severity;
  /** Who gave the severity, for people; `null` when it is unrated. */
  readonly ratedBy: string | null;
  readonly exploited: Exploitation | null;
}

/** Details as one line: the id, a tab, the rest. */
export function encodeDetails({ id, title, severity, ratedBy, exploited }: Details): string {
  const due = exploited?.due;
  const kev = exploited && [exploited.since, exploited.ransomware, ...(due ? [due] : [])];
  return `${id}\t${JSON.stringify([title, SEVERITIES.indexOf(severity), ratedBy, kev])}`;
}

/** The reverse of `encodeDetails`. @throws MalformedObjectError */
export function decodeDetails(line: string): Details {
  const [title, severity, ratedBy, kev] = readPacked(line);
  const [since = '', ransomware = false, due] = kev ?? [];
  return {
    id: detach(idOfLine(line)),
    title,
    severity: SEVERITIES[severity] ?? 'unrated',
    ratedBy,
    exploited: kev && { since, ransomware, ...(due && { due }) },
  };
}

/** The id that a line begins with. */
export function idOfLine(line: string): string {
  return line.slice(0, line.indexOf('\t'));
}

/** An entry as a line holds it, after its id. */
type Packed = readonly [
  title: string | null,
  severity: number,
  ratedBy: string | null,
  exploited: readonly [since: string, ransomware: boolean, due?: string] | null,
];

function readPacked(line: string): Packed {
  try {
    // We wrote it: the format of the index vouches for the type.
    return JSON.parse(line.slice(line.indexOf('\t') + 1));
  } catch (cause) {
    throw new MalformedObjectError('broken line in a snapshot', { cause });
  }
}
