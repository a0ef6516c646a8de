import { isElf } from '../elf/elf-header.ts';
import { createElfProbe } from '../elf/elf-probe.ts';
import type { FileFacts } from '../image/file-facts.ts';
import { isArchive, type OpenScratch, probeArchive, probeUnnamed } from '../java/archive-probe.ts';
import { foreignFormat } from './foreign-format.ts';
import { packedFormat, probeEnd } from './packed.ts';
import { privateKeyLabel, probePem } from './private-key.ts';
import type { Probe, ProbedFile } from './probe.ts';
import { readShebang } from './shebang.ts';

/** Bytes of a file's beginning that say which probe takes it. */
export const PROBE_HEAD = 8192;

/**
 * What a file's beginning says of it: either a probe that wants the whole (the beginning once
 * more included), or all there is to tell. `open` makes room for one that has to be seen to its end.
 */
export function findProbe(
  file: ProbedFile,
  head: Buffer,
  open: OpenScratch,
): Probe | FileFacts | undefined {
  if (isElf(head)) return createElfProbe(file);
  const archive = isArchive(file) ? probeArchive(file, head, open) : probeUnnamed(file, head, open);
  if (archive) return archive;
  // Of scripts that nobody can execute, the first line says nothing.
  const shebang = (file.mode & 0o111) === 0 ? undefined : readShebang(head);
  const privateKey = privateKeyLabel(head);
  const packed = packedFormat(head);
  if (shebang !== undefined) {
    const facts: FileFacts = { shebang, ...(privateKey && { privateKey }) };
    return packed ? { ...facts, foreign: packed } : probeScript(file, head, facts);
  }
  const foreign = packed ?? foreignFormat(head);
  if (foreign !== undefined) return { foreign };
  return privateKey === undefined ? probePem(file, head) : { privateKey };
}

/** A long script may be what unpacks the archive behind it. */
function probeScript(file: ProbedFile, head: Buffer, facts: FileFacts): Probe | FileFacts {
  if (file.size <= head.length) return facts;
  return probeEnd(file, (isPacked) => (isPacked ? { ...facts, foreign: 'packed' } : facts));
}
