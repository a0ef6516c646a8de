/** Linux reads so much of a script's first line (BINPRM_BUF_SIZE). */
const LIMIT = 256;

/**
 * The interpreter line of a script without its `#!`, as Linux takes it (`fs/binfmt_script.c`): spaces
 * and tabs around it are nothing, the CR of a line that ends as on Windows is part of it. `undefined`
 * for a file that is none.
 */
export function readShebang(head: Buffer): string | undefined {
  if (head[0] !== 0x23 || head[1] !== 0x21) return undefined;
  const line = head.subarray(2, LIMIT);
  const end = line.indexOf(0x0a);
  return line.toString('utf8', 0, end < 0 ? line.length : end).replace(/^[ \t]+|[ \t]+$/g, '');
}
