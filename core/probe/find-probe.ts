import { isElf } from '../elf/elf-header.ts';
import { createElfProbe } from '../elf/elf-probe.ts';
import type { FileFacts } from '../image/file-facts.ts';
import { isArchive, type OpenScratch, probeArchive } from '../java/archive-probe.ts';
import { foreignFormat } from './foreign-format.ts';
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
  const archive = isArchive(file) ? probeArchive(file, head, open) : undefined;
  if (archive) return archive;
  // Of scripts that nobody can execute, the first line says nothing.
  const shebang = (file.mode & 0o111) === 0 ? undefined : readShebang(head);
  const privateKey = privateKeyLabel(head);
  if (shebang !== undefined) return { shebang, ...(privateKey && { privateKey }) };
  const foreign = foreignFormat(head);
  if (foreign !== undefined) return { foreign };
  return privateKey === undefined ? probePem(file, head) : { privateKey };
}
