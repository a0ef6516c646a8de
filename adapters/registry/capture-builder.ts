import { quote } from '../../core/extract/token.ts';
import type { EntryType, LayerEntry, Problem } from '../../core/image/capture.ts';
import { TooLargeError } from '../../core/image/errors.ts';
import type { FileFacts } from '../../core/image/file-facts.ts';
import { normalisePath } from '../../core/image/normalise-path.ts';
import { wantedFileLimit } from '../../core/image/wanted-files.ts';
import { createScratchRoom } from './create-scratch.ts';
import type { LayerLimits } from './layer-limits.ts';
import { createHeadBuffer, createProbeSink } from './probe-sink.ts';
import type { TarEntry, TarSink, TarVisitor } from './tar-reader.ts';

/** POSIX pax, "ustar Interchange Format": typeflag. */
const TYPES: ReadonlyMap<string, EntryType> = new Map([
  ['0', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'other'],
  ['4', 'other'],
  ['5', 'directory'],
  ['6', 'other'],
]);

/** Turns the entries of one archive into a layer's file table, its wanted files and what is told of the others. */
export class CaptureBuilder implements TarVisitor {
  readonly entries: LayerEntry[] = [];
  readonly #problems: Problem[] = [];
  #problemCount = 0;
  readonly #files = new Map<string, { readonly size: number; readonly base64: string }>();
  readonly #facts = new Map<string, FileFacts>();
  /** What hard links lead to. */
  readonly #linked = new Set<string>();
  readonly #probing = { head: createHeadBuffer(), room: createScratchRoom() };
  readonly #limits: LayerLimits;
  readonly #wants: (path: string) => boolean;
  #wantedBytes = 0;
  #pathsLength = 0;
  #factsLength = 0;

  constructor(limits: LayerLimits, wants: (path: string) => boolean) {
    this.#limits = limits;
    this.#wants = wants;
  }

  /** Wanted files by path, base64, in the archive's order. */
  files(): Record<string, string> {
    return Object.fromEntries([...this.#files].map(([path, { base64 }]) => [path, base64]));
  }

  /** What is told of files, by path. */
  facts(): Record<string, FileFacts> {
    return Object.fromEntries(this.#facts);
  }

  /** In the archive's order; those above the limit as their number. */
  problems(): Problem[] {
    const rest = this.#problemCount - this.#problems.length;
    if (rest === 0) return this.#problems;
    return [...this.#problems, { path: 'layer', reason: `and ${rest} problems more` }];
  }

  /** Lets go of what was put down while the layer was read. */
  close(): void {
    this.#probing.room.close();
  }

  entry(header: TarEntry): TarSink | undefined {
    this.#checkLimits(header);
    const { path, escapes } = normalisePath(header.name);
    if (escapes) this.problem(path, `its name leads above the root: ${quote(header.name)}`);
    const type = TYPES.get(header.typeflag);
    if (path === '') {
      if (type !== 'directory') this.problem('/', 'an entry that would replace the root');
      return undefined;
    }
    if (!type) this.problem(path, `tar entry of type ${JSON.stringify(header.typeflag)}`);
    this.#checkCapability(path, header);
    const entry = toLayerEntry(header, path, type ?? 'other');
    this.entries.push(entry);
    if (type === 'hardlink') this.#linked.add(entry.link ?? '');
    return type === 'file' ? this.#open(path, header) : undefined;
  }

  problem(path: string, reason: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < this.#limits.problems) this.#problems.push({ path, reason });
  }

  /** What takes a file's bytes, if anything wants them. */
  #open(path: string, header: TarEntry): TarSink | undefined {
    this.#checkSecondName(path);
    const probe = this.#probe(path, header);
    const keep = this.#wants(path) ? this.#keep(path, header) : undefined;
    return keep && probe ? both(keep, probe) : (keep ?? probe);
  }

  #checkCapability(path: string, { capability }: TarEntry): void {
    const length = capability?.length ?? 0;
    if (length > CAPABILITY_BYTES) {
      this.problem(path, `not kept: security.capability of ${length} bytes`);
    }
  }

  /** Of a path that occurs twice the last is kept: a link between them still leads to the first. */
  #checkSecondName(path: string): void {
    if (!this.#linked.has(path) || !(this.#facts.has(path) || this.#files.has(path))) return;
    this.problem(path, 'written anew behind a hard link to it: what that leads to is not kept');
  }

  #checkLimits({ name, link }: TarEntry): void {
    const { entries, pathLength, pathsLength } = this.#limits;
    if (this.entries.length >= entries)
      throw new TooLargeError(`layer of more than ${entries} entries`);
    const length = Math.max(name.length, link.length);
    if (length > pathLength) {
      throw new TooLargeError(`path or link of ${length} characters, limit ${pathLength}`);
    }
    this.#pathsLength += name.length + link.length;
    if (this.#pathsLength > pathsLength) {
      throw new TooLargeError(`layer whose paths have more than ${pathsLength} characters`);
    }
  }

  #probe(path: string, { size, mode, isSparse }: TarEntry): TarSink | undefined {
    // Of a path that occurs twice the last counts, even if nothing is told of it.
    this.#facts.delete(path);
    if (size === 0) return undefined;
    if (isSparse) {
      // Its bytes are the map of its pieces and these, not what will stand in it. A wanted one says so by itself.
      if (!this.#wants(path)) this.problem(path, 'not looked at: sparse file');
      return undefined;
    }
    return createProbeSink({ path, size, mode }, this.#probing, (facts) => this.#tell(path, facts));
  }

  #tell(path: string, facts: FileFacts): void {
    const { length } = JSON.stringify(facts);
    const limits = this.#limits;
    if (length > limits.fileFacts) {
      this.problem(path, `says ${length} characters of itself, limit ${limits.fileFacts}`);
      return;
    }
    this.#factsLength += length;
    if (this.#factsLength > limits.facts) {
      throw new TooLargeError(`files that say more than ${limits.facts} characters of themselves`);
    }
    this.#facts.set(path, facts);
  }

  #keep(path: string, { size, isSparse }: TarEntry): TarSink | undefined {
    // Of a path that occurs twice the last counts, even if it is not kept.
    this.#wantedBytes -= this.#files.get(path)?.size ?? 0;
    this.#files.delete(path);
    if (isSparse) {
      this.problem(path, 'not kept: sparse file');
      return undefined;
    }
    const limit = Math.min(this.#limits.wantedFileBytes, wantedFileLimit(path));
    if (size > limit) {
      this.problem(path, `not kept: ${size} bytes, limit ${limit}`);
      return undefined;
    }
    this.#wantedBytes += size;
    if (this.#wantedBytes > this.#limits.wantedBytes) {
      throw new TooLargeError(`wanted files of more than ${this.#limits.wantedBytes} bytes`);
    }
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    return {
      write: (piece) => {
        at += piece.copy(bytes, at);
      },
      end: () => {
        this.#files.set(path, { size, base64: bytes.toString('base64') });
      },
    };
  }
}

function both(first: TarSink, second: TarSink): TarSink {
  return {
    write(bytes) {
      first.write(bytes);
      second.write(bytes);
    },
    end() {
      first.end();
      second.end();
    },
  };
}

/** A `vfs_cap_data` of any version is smaller (linux/capability.h: 24 bytes in version 3). */
const CAPABILITY_BYTES = 64;

function toLayerEntry(header: TarEntry, path: string, type: EntryType): LayerEntry {
  const { mode, uid, gid, size, capability } = header;
  const entry = {
    path,
    type,
    mode: mode & 0o7777,
    uid,
    gid,
    size: type === 'file' ? size : 0,
    ...(capability &&
      capability.length <= CAPABILITY_BYTES && { capability: capability.toString('hex') }),
  };
  if (type === 'symlink') return { ...entry, link: header.link };
  if (type === 'hardlink') return { ...entry, link: normalisePath(header.link).path };
  return entry;
}
