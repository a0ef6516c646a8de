import type { Probe, ProbedFile } from './probe.ts';

/**
 * RFC 7468 section 10 and 11, and the labels that OpenSSL and OpenSSH have of their own. What follows
 * is a key: lines of its encryption (RFC 1421), then base64. Programs that know the words alone hold none.
 * JSON has its line ends escaped.
 */
const KEY =
  /-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY)-----(?:\s|\\[rn])+(?:[A-Z][A-Za-z-]{1,30}: [^\r\n\\]{1,100}(?:[\r\n]|\\[rn])+){0,5}[A-Za-z0-9+/]{16}/;

/** Bytes of a file of certificates that is looked through to its end: a bundle of all authorities has 250,000. */
const PEM_LIMIT = 1024 * 1024;

/** A file that begins with other things in PEM and may have its key behind them, as servers want it. */
export function probePem({ size }: ProbedFile, head: Buffer): Probe | undefined {
  if (size <= head.length || size > PEM_LIMIT || !head.includes('-----BEGIN ')) return undefined;
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  return {
    write(piece) {
      filled += piece.copy(bytes, filled);
    },
    end() {
      const privateKey = privateKeyLabel(bytes.subarray(0, filled));
      return privateKey === undefined ? undefined : { privateKey };
    },
  };
}

/** The label of the first PEM private key in a file's beginning: `EC PRIVATE KEY`. */
export function privateKeyLabel(head: Buffer): string | undefined {
  if (!head.includes('PRIVATE KEY-----')) return undefined;
  return KEY.exec(head.toString('latin1'))?.[1];
}
