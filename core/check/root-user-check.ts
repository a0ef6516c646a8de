import { readText } from '../extract/read-text.ts';
import { quote } from '../extract/token.ts';
import type { FileTree } from '../image/file-tree.ts';
import type { Check } from '../inventory/inventory.ts';
import type { ImageCheck } from './image-check.ts';

const PASSWD = 'etc/passwd';

/** Whether processes start as root: `config.User` is `user[:group]`, a name or a number (OCI image-spec, config.md). */
export const rootUserCheck: ImageCheck = {
  id: 'root-user',

  run({ tree, config }) {
    const evidence = 'config.User';
    const [user = ''] = config.user.trim().split(':');
    if (user === '') return { status: 'fail', message: 'Runs as root: no user is set.', evidence };
    if (user === 'root') return { status: 'fail', message: 'Runs as root.', evidence };
    // Runtimes take a number as a uid, never as a name.
    if (/^\d+$/.test(user)) return judgeUid(Number(user), evidence);
    return judgeName(tree, user);
  },
};

function judgeUid(uid: number, evidence: string): Omit<Check, 'id'> {
  return uid === 0
    ? { status: 'fail', message: 'Runs as root: uid 0.', evidence }
    : { status: 'pass', message: `Runs as uid ${uid}.`, evidence };
}

function judgeName(tree: FileTree, user: string): Omit<Check, 'id'> {
  const passwd = readText(tree, PASSWD);
  if (passwd.kind !== 'text') {
    return unknown(`User ${quote(user)} has no known uid: ${PASSWD} cannot be read.`);
  }
  // The first line of a name counts, as in getpwnam(3).
  const fields = passwd.text
    .split('\n')
    // Runtimes trim lines (github.com/moby/sys/user, `parseLine`).
    .map((line) => line.trim().split(':'))
    .find(([name]) => name === user);
  if (!fields) return unknown(`User ${quote(user)} is not in ${PASSWD}.`);
  const uid = fields[2] ?? '';
  if (!/^\d+$/.test(uid)) return unknown(`User ${quote(user)} has no uid in ${PASSWD}.`);
  return judgeUid(Number(uid), passwd.path);
}

function unknown(message: string): Omit<Check, 'id'> {
  return { status: 'unknown', message, evidence: 'config.User' };
}
