import { quote } from '../extract/token.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/**
 * Words that end the name of a variable that holds a secret. Its end alone counts: a
 * `TOKEN_EXPIRY` is a number, and the `GPG_KEY` of official images is public.
 */
const SECRET =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|SECRET|SECRET_?KEY|SECRET_ACCESS_KEY|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_KEY|CREDENTIALS?|CONNECTION_STRING)$/i;

/** What says where the secret is, or that there is none. */
const NO_SECRET = /^(?:|true|false|yes|no|none|null|[01]|\/.*|\$.*|file:.*|arn:.*)$/i;

/** Whether the environment that everybody can read in the config has a variable named like a secret. Values never leave this function. */
export const envSecretCheck: ImageCheck = {
  id: 'env-secret',

  run({ config }) {
    const names = config.env.flatMap((variable) => {
      const at = variable.indexOf('=');
      const name = at < 0 ? variable : variable.slice(0, at);
      const value = at < 0 ? '' : variable.slice(at + 1);
      return SECRET.test(name) && !NO_SECRET.test(value.trim()) ? [name] : [];
    });
    if (names.length === 0) return pass('No variable of its environment is named like a secret.');
    const shown = [...new Set(names)].sort().slice(0, 5).map(quote).join(', ');
    return fail(`Variables named like secrets have values: ${shown}.`, 'config.Env');
  },
};
