/** RFC 7468 section 10 and 11, and the labels that OpenSSL and OpenSSH have of their own. */
const LABEL = /-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY)-----/;

/** The label of the first PEM private key in a file's beginning: `EC PRIVATE KEY`. */
export function privateKeyLabel(head: Buffer): string | undefined {
  if (!head.includes('PRIVATE KEY-----')) return undefined;
  return LABEL.exec(head.toString('latin1'))?.[1];
}
