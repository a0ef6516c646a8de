import { FeedUnavailableError } from '../../actions/ports.ts';
import type { Update, UpdatedPackage } from '../../core/advisory/alas.ts';
import { PassedOver, UnreadableRecord } from '../../core/advisory/osv.ts';
import { messageOf } from './parse-record.ts';
import { openBytes } from './read-lines.ts';
import { createXmlReader, type XmlVisitor } from './read-xml.ts';

/** What a list of updates may unpack to (bytes); those of Amazon have some tens of megabytes. */
const UNPACKED_LIMIT = 1024 ** 3;

/** An id that may stand in a line. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]*$/;

/** What a list of updates holds. */
export type ReadUpdate = Update | UnreadableRecord | PassedOver;

/** Whether a file of that name is a list of updates; repositories put a checksum in front. */
export function isUpdateinfo(name: string): boolean {
  return /updateinfo\.xml(?:\.gz|\.zst)?$/i.test(name);
}

/**
 * Reads the security updates of an `updateinfo.xml`, packed or not, as it comes: the document
 * is never held. What of an update cannot be read comes as an `UnreadableRecord` beside it, and
 * one of another type (bug fixes and enhancements are no advisories) as what it is.
 *
 * @throws FeedUnavailableError when the document breaks off or is another one
 */
export async function* readUpdateinfo(path: string): AsyncGenerator<ReadUpdate> {
  const read: ReadUpdate[] = [];
  let size = 0;
  try {
    const reader = createXmlReader(visitUpdates(path, read));
    for await (const chunk of openBytes(path)) {
      size += chunk.length;
      if (size > UNPACKED_LIMIT) throw new Error(`more than ${UNPACKED_LIMIT} bytes`);
      reader.write(chunk);
      yield* read;
      read.length = 0;
    }
    reader.end();
  } catch (cause) {
    throw new FeedUnavailableError(`${path}: no list of updates: ${messageOf(cause)}`, { cause });
  }
}

/** An update while it is read. */
interface Draft {
  /** In small letters. */
  readonly type: string;
  /** The texts of its elements of these names, one after the other. */
  readonly id: string[];
  readonly severity: string[];
  published: string;
  modified: string;
  readonly cves: string[];
  readonly packages: UpdatedPackage[];
  readonly problems: string[];
}

/** Elements of an update whose text is read. */
const TEXTS = ['id', 'severity'] as const;

/** Characters of a type by which an update is counted. */
const TYPE_LENGTH = 40;

/** The shape of it: https://github.com/rpm-software-management/libsolv/blob/master/ext/repo_updateinfoxml.c */
function visitUpdates(path: string, read: ReadUpdate[]): XmlVisitor {
  const names: string[] = [];
  const textAt = () => TEXTS.find((each) => names.length === 3 && each === names[2]);
  let draft: Draft | undefined;
  return {
    open(name, attributes) {
      if (names.length === 0 && name !== 'updates') throw new Error(`its root is ${name}`);
      names.push(name);
      if (names.length === 2 && name === 'update') draft = newDraft(attributes);
      else if (draft) {
        const element = textAt();
        if (element) draft[element].push('');
        else note(draft, name, attributes);
      }
    },
    text(text) {
      const element = textAt();
      if (!draft || !element) return;
      const texts = draft[element];
      texts.push((texts.pop() ?? '') + text);
    },
    close() {
      names.pop();
      if (!draft || names.length !== 1) return;
      read.push(...finish(path, draft));
      draft = undefined;
    },
  };
}

function newDraft({ type = '' }: Readonly<Record<string, string>>): Draft {
  const none = { published: '', modified: '', id: [], severity: [] };
  return { type: type.trim().toLowerCase(), ...none, cves: [], packages: [], problems: [] };
}

function note(draft: Draft, name: string, attributes: Readonly<Record<string, string>>): void {
  switch (name) {
    case 'issued':
      draft.published = timeOf(attributes.date);
      break;
    case 'updated':
      draft.modified = timeOf(attributes.date);
      break;
    case 'reference':
      if (attributes.type === 'cve' && attributes.id) draft.cves.push(attributes.id);
      break;
    case 'package':
      notePackage(draft, attributes);
      break;
  }
}

function notePackage(
  { packages, problems }: Draft,
  { name = '', epoch = '', version = '', release = '', arch = '' }: Record<string, string>,
): void {
  // What is installed is never a source.
  if (arch === 'src' || arch === 'nosrc') return;
  if (name === '' || version === '' || release === '' || !/^\w+$/.test(arch)) {
    problems.push(`a package without name, version, release or architecture: ${name || 'no name'}`);
    return;
  }
  const isZero = /^(?:0*|\(none\))$/.test(epoch);
  packages.push({ name, version: `${isZero ? '' : `${epoch}:`}${version}-${release}`, arch });
}

function finish(path: string, draft: Draft): ReadUpdate[] {
  const { type, published, modified, cves, packages, problems } = draft;
  const id = draft.id.map((each) => each.trim()).join(', ');
  const unreadable = (reason: string) => new UnreadableRecord(path, reason);
  if (type === '') return [unreadable(`an update without a type: ${shown(id)}`)];
  if (type !== 'security') return [new PassedOver(type.slice(0, TYPE_LENGTH))];
  if (draft.id.length > 1) return [unreadable(`an update of ${draft.id.length} ids: ${shown(id)}`)];
  if (!ID.test(id)) return [unreadable(`an update of the id ${shown(id)}`)];
  // Of several words nobody knows which counts: it is unrated then.
  const [severity = '', ...more] = draft.severity;
  const isRatedOnce = more.length === 0;
  const rating = isRatedOnce ? severity.trim() : '';
  const wrong = isRatedOnce ? problems : [...problems, `${1 + more.length} severities`];
  return [
    { id, severity: rating, published, modified, cves, packages },
    ...wrong.map((problem) => unreadable(`${id}: ${problem}`)),
  ];
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/** `2026-07-02 23:22:00`, in UTC; what is no time is none. */
function timeOf(text = ''): string {
  const parts = /^(?<day>\d{4}-\d{2}-\d{2})(?:[ T](?<time>\d{2}:\d{2}(?::\d{2})?))?/.exec(
    text.trim(),
  );
  const { day = '', time = '00:00' } = parts?.groups ?? {};
  const at = Date.parse(`${day}T${time}Z`);
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}
