import { readText } from '../extract/read-text.ts';
import { fail, type ImageCheck, pass, unknown } from './image-check.ts';

const PASSWD = 'etc/passwd';

/** Whether the uid that processes run as has a name and a home; ssh, git and `getpwuid` ask for them. */
export const userEntryCheck: ImageCheck = {
  id: 'user-entry',

  run({ tree, config }) {
    const [user = ''] = config.user.trim().split(':');
    if (!/^\d+$/.test(user)) return pass('Its user is no bare number.');
    const passwd = readText(tree, PASSWD);
    if (passwd.kind === 'unreadable') return unknown(`${PASSWD} cannot be read.`, PASSWD);
    if (passwd.kind === 'absent') {
      return unknown(`Has no ${PASSWD}; whether anything asks for its user's name is not known.`);
    }
    const isThere = passwd.text
      .split('\n')
      .some((line) => Number(line.split(':')[2] || Number.NaN) === Number(user));
    return isThere
      ? pass(`uid ${Number(user)} is in ${PASSWD}.`, passwd.path)
      : fail(`uid ${Number(user)} is not in ${PASSWD}: it has no name and no home.`, passwd.path);
  },
};
