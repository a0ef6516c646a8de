import type { FileFacts } from '../image/file-facts.ts';
import type { Probe, ProbedFile } from './probe.ts';

/** A local file header, the end record of an archive, and how far from the end that may begin (APPNOTE 4.3.7, 4.3.16). */
const MEMBER = 'PK\x03\x04';
const END = 'PK\x05\x06';
const TAIL = 22 + 0xffff;

const PHAR_STUB = /__HALT_COMPILER\(\);(?:[ \n]?\?>(?:\r?\n)?)?/i;

/**
 * Whether a script's beginning shows that an archive lies behind it: zipapp, PEX and shiv, a PHP archive. No
 * source has such bytes.
 */
export function packedFormat(head: Buffer): 'packed' | 'phar' | undefined {
  const isScript = head.toString('latin1', 0, 2) === '#!';
  if (isScript && head.includes(MEMBER, 'latin1')) return 'packed';
  if (!isScript && head.toString('latin1', 0, 5) !== '<?php') return undefined;
  return isPhar(head) ? 'phar' : undefined;
}

/**
 * Behind the stub of a PHP archive is its manifest: its length, the number of its files, its API's version
 * (PHP Manual, "Phar File Format").
 */
function isPhar(head: Buffer): boolean {
  const stub = PHAR_STUB.exec(head.toString('latin1'));
  const version = stub && head.subarray(stub.index + stub[0].length + 8).toString('hex', 0, 2);
  return version === '1100' || version === '1110';
}

/** Looks whether a file ends as an archive does, whatever begins it. */
export function probeEnd(
  { size }: ProbedFile,
  tell: (isArchive: boolean) => FileFacts | undefined,
): Probe {
  const tail: Buffer[] = [];
  let at = 0;
  return {
    write(bytes) {
      const skipped = Math.max(size - TAIL - at, 0);
      if (skipped < bytes.length) tail.push(Buffer.from(bytes.subarray(skipped)));
      at += bytes.length;
    },
    end: () => tell(Buffer.concat(tail).includes(END, 'latin1')),
  };
}
