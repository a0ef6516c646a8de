import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, pass, unknown } from './image-check.ts';
import { variableOf } from './start/find-command.ts';

const ZONES = 'usr/share/zoneinfo';

/** Zones that the C library knows without a file. */
const KNOWN = /^:?(?:UTC0?|GMT0?|Etc\/UTC|Etc\/GMT|Universal|Zulu)?$/i;

/** A rule that is written out, and needs no file: `CET-1CEST,M3.5.0,M10.5.0/3` (tzset(3)). */
const WRITTEN_OUT = /^:?<?[A-Za-z0-9+-]{3,}>?[+-]?\d/;

/** Whether the time zone is there that the environment names, or any at all. */
export const timeZonesCheck: ImageCheck = {
  id: 'time-zones',

  run({ tree, config, packages }) {
    const zone = variableOf(config, 'TZ') ?? '';
    if (!KNOWN.test(zone) && !WRITTEN_OUT.test(zone)) {
      const name = zone.replace(/^:/, '');
      const path = name.startsWith('/') ? name.slice(1) : `${ZONES}/${name}`;
      return tree.resolve(path) === undefined
        ? fail(`TZ names ${quote(zone)}, and /${path} is not in the image.`, 'config.Env')
        : pass('Has the time zone that TZ names.', path);
    }
    if (tree.resolve(ZONES) !== undefined) return pass('Has time zones.', ZONES);
    const python = packages.find(({ type, name }) => type === 'pypi' && name === 'tzdata');
    return python
      ? pass('Has time zones for Python.', python.path)
      : unknown('Has no time zones; whether anything needs one by its name is not known.');
  },
};
