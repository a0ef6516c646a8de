import { constants, inflateRawSync } from 'node:zlib';
import { quote } from '../extract/token.ts';
import type { FileFacts, JarFacts } from '../image/file-facts.ts';
import { checkMethod, DEFLATED, isWhole, STORED, unpackMember } from '../zip/unpack-member.ts';
import {
  checkEnd,
  findDirectory,
  findMember,
  type Member,
  readEntry,
} from '../zip/zip-directory.ts';
import { type ArchiveBytes, drive, inMemory, within } from './archive-bytes.ts';
import { parseManifest } from './parse-manifest.ts';

/** What reading one file may cost, the archives in it included. */
const LIMITS = {
  /** Archives in archives: an ear has a war, that a jar, and that may have been shaded. */
  depth: 5,
  archives: 5000,
  members: 500_000,
  /** Bytes of directories, together: archives may share one, and each of its entries may be long. */
  directory: 256 * 1024 * 1024,
  /** Bytes of what had to be unpacked, together, however often it is the same. */
  unpacked: 256 * 1024 * 1024,
  /** Of one packed archive in another, bytes: it is unpacked in memory. */
  inner: 48 * 1024 * 1024,
  /** Of one `pom.properties` or `PKG-INFO`; Maven writes about a hundred bytes. */
  text: 64 * 1024,
  texts: 10_000,
  /** UTF-16 units of those and of their paths, together. */
  told: 4 * 1024 * 1024,
} as const;

/** Packed bytes of a manifest that are looked at: the main attributes come first, a signed one goes on for megabytes. */
const MANIFEST_HEAD = 16 * 1024;
/** What they may unpack to. */
const MANIFEST_UNPACKED = 16 * MANIFEST_HEAD;

/** Of a name that is told; problems of one file. */
const NAME_LIMIT = 1024;
const PROBLEM_LIMIT = 100;

const POM = /(?:^|\/)META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;
/**
 * Where Spring Boot and servlet containers want an application's own classes (Spring Boot, "The Executable Jar Format";
 * Jakarta Servlet, "Web Applications"), and what starts the one.
 */
const OWN_CLASSES = /^(?:BOOT-INF|WEB-INF)\/classes\//;
const STARTER = /^org\/springframework\/boot\/loader\//;

const MANIFEST = 'META-INF/MANIFEST.MF';
const PKG_INFO = 'EGG-INFO/PKG-INFO';

/** Names of archives of Java classes, as build tools and servers call them. */
export const JAVA_ARCHIVE = /\.(?:jar|war|ear|sar|par|rar|kar|nar|hpi|jpi|lpkg)$/i;
/** A Python project in one file (setuptools, "The Internal Structure of Python Eggs"). */
export const EGG = /\.egg$/;

/** A name of a folder above, or with characters that no name has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are looked for.
const LEADS_ASTRAY = /(?:^|[/\\])\.\.(?:[/\\]|$)|[\0-\x1f\x7f]/;

interface Walk {
  archives: number;
  members: number;
  directory: number;
  unpacked: number;
  texts: number;
  told: number;
  readonly jars: JarFacts[];
  egg?: string;
  /** Whether it has what Python runs of an archive (PEP 441). */
  runsPython: boolean;
  readonly problems: string[];
}

/** Spent: what is left of the archive is not read, and that was said. */
class LimitError extends Error {}

/** What an archive (a zip file, as its central directory has it) says of itself and of the archives in it. */
export function readArchive(path: string, bytes: ArchiveBytes): FileFacts {
  const walk = walkArchive(bytes);
  return {
    ...(JAVA_ARCHIVE.test(path) && { jars: walk.jars }),
    ...(walk.egg !== undefined && { eggInfo: walk.egg }),
    ...(walk.problems.length > 0 && { problems: walk.problems }),
  };
}

/**
 * As `readArchive`, of one whose name says nothing: Java and Python run an archive whatever it is called. One without
 * classes and without a `__main__.py` is data.
 */
export function readUnnamedArchive(bytes: ArchiveBytes): FileFacts | undefined {
  const { jars, problems, runsPython } = walkArchive(bytes);
  if (runsPython) return { foreign: 'packed' };
  if (!jars[0]?.hasClasses) return undefined;
  return { jars, ...(problems.length > 0 && { problems }) };
}

function walkArchive(bytes: ArchiveBytes): Walk {
  const spent = { archives: 0, members: 0, directory: 0, unpacked: 0, texts: 0, told: 0 };
  const walk: Walk = { ...spent, jars: [], problems: [], runsPython: false };
  try {
    readOne(walk, bytes, []);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    walk.problems.push(error.message);
  }
  return walk;
}

/** What was found in one archive so far. */
interface Draft {
  readonly inside: readonly string[];
  readonly poms: { readonly path: string; readonly text: string }[];
  manifest?: JarFacts['manifest'];
  hasManifest: boolean;
  hasClasses: boolean;
  hasOwnClasses: boolean;
  hasOtherClasses: boolean;
}

/** One archive; what is wrong with it is a problem, but for limits, which end the whole. */
function readOne(walk: Walk, bytes: ArchiveBytes, inside: readonly string[]): void {
  spend(walk, 'archives', 1);
  const draft: Draft = {
    inside,
    poms: [],
    hasManifest: false,
    hasClasses: false,
    hasOwnClasses: false,
    hasOtherClasses: false,
  };
  const place = walk.jars.push(toFacts(draft)) - 1;
  try {
    attempt(walk, placeOf(inside), () => {
      for (const member of membersOf(walk, bytes)) {
        if (LEADS_ASTRAY.test(member.name)) tellName(walk, inside, member.name);
        attempt(walk, placeOf([...inside, member.name]), () =>
          takeMember(walk, bytes, member, draft),
        );
      }
    });
  } finally {
    walk.jars[place] = toFacts(draft);
  }
}

function takeMember(walk: Walk, bytes: ArchiveBytes, member: Member, draft: Draft): void {
  const { name } = member;
  const { inside, poms } = draft;
  if (POM.test(name)) {
    const text = readText(walk, bytes, member);
    spend(walk, 'told', name.length + text.length);
    poms.push({ path: name, text });
  } else if (name === MANIFEST) takeManifest(walk, bytes, member, draft);
  else if (name === PKG_INFO && inside.length === 0) walk.egg ??= readText(walk, bytes, member);
  else if (name === '__main__.py' && inside.length === 0) walk.runsPython = true;
  else if (name.endsWith('.class')) takeClass(name, draft);
  else if (JAVA_ARCHIVE.test(name)) {
    const inner = unpackInner(walk, bytes, member, inside.length + 1);
    readOne(walk, inner, [...inside, name.slice(0, NAME_LIMIT)]);
  }
}

function takeClass(name: string, draft: Draft): void {
  draft.hasClasses = true;
  if (OWN_CLASSES.test(name)) draft.hasOwnClasses = true;
  else if (!STARTER.test(name)) draft.hasOtherClasses = true;
}

/** An archive has one; a directory may name it as often as it likes. */
function takeManifest(walk: Walk, bytes: ArchiveBytes, member: Member, draft: Draft): void {
  if (draft.hasManifest) return;
  draft.hasManifest = true;
  draft.manifest = parseManifest(readHead(walk, bytes, member));
}

function toFacts({ inside, poms, manifest, hasClasses, ...classes }: Draft): JarFacts {
  return {
    inside,
    ...(poms.length > 0 && { pomProperties: poms }),
    ...(manifest && { manifest }),
    ...(hasClasses && { hasClasses }),
    ...(classes.hasOwnClasses && !classes.hasOtherClasses && { isApplication: true }),
  };
}

/** What goes wrong is said, and the rest is read; but for limits. */
function attempt(walk: Walk, place: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (error instanceof LimitError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (walk.problems.length < PROBLEM_LIMIT) walk.problems.push(`${place}${reason}`);
  }
}

function* membersOf(walk: Walk, bytes: ArchiveBytes): Generator<Member> {
  const directory = drive(findDirectory(bytes.size), bytes);
  let at = directory.offset;
  for (let count = 0; count < directory.members; count++) {
    spend(walk, 'members', 1);
    const { member, next } = drive(readEntry(at), bytes);
    spend(walk, 'directory', next - at);
    yield member;
    at = next;
  }
  checkEnd(directory, at);
}

/** An archive in another: one that was not packed is read where it lies. */
function unpackInner(walk: Walk, bytes: ArchiveBytes, member: Member, depth: number): ArchiveBytes {
  if (depth > LIMITS.depth) throw new Error(`deeper than ${LIMITS.depth} archives`);
  checkMethod(member);
  const start = drive(findMember(member), bytes);
  if (member.method === STORED) return within(bytes, start, member.packedSize);
  if (member.size > LIMITS.inner) {
    throw new Error(`unpacks to ${member.size} bytes, limit ${LIMITS.inner}`);
  }
  checkPacking(member);
  spend(walk, 'unpacked', Math.max(member.size, member.packedSize));
  return inMemory(unpackMember(bytes.read(start, member.packedSize), member));
}

function readText(walk: Walk, bytes: ArchiveBytes, member: Member): string {
  spend(walk, 'texts', 1);
  const size = Math.max(member.size, member.packedSize / 2);
  if (size > LIMITS.text) throw new Error(`${Math.floor(size)} bytes, limit ${LIMITS.text}`);
  spend(walk, 'unpacked', Math.max(member.size, member.packedSize));
  const start = drive(findMember(member), bytes);
  const text = unpackMember(bytes.read(start, member.packedSize), member);
  if (!isWhole(text, member)) throw new Error('its checksum does not match');
  return text.toString('utf8');
}

/** What does not fit deflates to no more than five bytes above each 64 KiB (RFC 1951, 3.2.4). */
function checkPacking({ size, packedSize }: Member): void {
  if (packedSize > size + size / 1000 + 1024) {
    throw new Error(`${packedSize} bytes unpack to ${size}`);
  }
}

/** The beginning of a member, however long it is: of bytes that unpack to very many, fewer are taken. */
function readHead(walk: Walk, bytes: ArchiveBytes, member: Member): string {
  checkMethod(member);
  const start = drive(findMember(member), bytes);
  let packed = bytes.read(start, Math.min(member.packedSize, MANIFEST_HEAD));
  if (member.method !== DEFLATED) return packed.toString('utf8');
  // Deflate makes at most 1,032 bytes of one: a few always fit.
  for (;;) {
    const unpacked = inflateHead(packed);
    spend(walk, 'unpacked', unpacked?.length ?? MANIFEST_UNPACKED);
    if (unpacked) return unpacked.toString('utf8', 0, 4 * MANIFEST_HEAD);
    packed = packed.subarray(0, packed.length / 2);
  }
}

/** Cut short, it gives what there is; `undefined` when that is too much. @throws Error for what deflate has not made */
function inflateHead(packed: Buffer): Buffer | undefined {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MANIFEST_UNPACKED };
  try {
    return inflateRawSync(packed, options);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Nobody unpacks to there for us; whoever else reads this archive may. */
function tellName(walk: Walk, inside: readonly string[], name: string): void {
  if (walk.problems.length >= PROBLEM_LIMIT) return;
  const problem = `its name leads out of the archive or cannot be shown: ${quote(name)}`;
  walk.problems.push(`${placeOf(inside)}${problem}`);
}

type Spent = 'archives' | 'members' | 'directory' | 'unpacked' | 'texts' | 'told';

const WHAT: Readonly<Record<Spent, string>> = {
  archives: 'archives in it',
  members: 'files in its archives',
  directory: 'bytes of directories',
  unpacked: 'bytes in packed archives',
  texts: 'descriptions in it',
  told: 'characters of descriptions in it',
};

function spend(walk: Walk, what: Spent, count: number): void {
  walk[what] += count;
  if (walk[what] > LIMITS[what]) {
    throw new LimitError(`not read to its end: more than ${LIMITS[what]} ${WHAT[what]}`);
  }
}

function placeOf(inside: readonly string[]): string {
  const names = inside.map((name) => name.slice(0, NAME_LIMIT));
  return names.length === 0 ? '' : `${names.join('!/')}: `;
}
