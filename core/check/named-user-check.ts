import { readText } from '../extract/read-text.ts';
import { quote } from '../extract/token.ts';
import type { FileTree } from '../image/file-tree.ts';
import { fail, type ImageCheck, pass, unknown } from './image-check.ts';

/** Whether a user or group that the config names is in the image's files: runtimes refuse to start without (runc, containerd). */
export const namedUserCheck: ImageCheck = {
  id: 'named-user',

  run({ tree, config, os }) {
    if (os !== 'linux') return unknown(`An image for ${quote(os)}.`);
    const [user = '', group = ''] = config.user.trim().split(':');
    for (const [name, path] of [
      [user, 'etc/passwd'],
      [group, 'etc/group'],
    ] as const) {
      // Runtimes know root without a file of users.
      if (name === '' || name === 'root' || /^\d+$/.test(name)) continue;
      const isThere = isNamed(tree, path, name);
      if (isThere === undefined) return unknown(`${path} cannot be read.`, path);
      if (!isThere) return fail(`Cannot start: ${quote(name)} is not in ${path}.`, 'config.User');
    }
    return pass('Its user and group need no name, or are there.');
  },
};

/** Whether a file of users or groups has a name; `undefined` when it cannot be read. */
function isNamed(tree: FileTree, path: string, name: string): boolean | undefined {
  const file = readText(tree, path);
  if (file.kind === 'unreadable') return undefined;
  return (
    file.kind === 'text' &&
    file.text.split('\n').some((line) => line.trimStart().startsWith(`${name}:`))
  );
}
