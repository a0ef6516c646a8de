import { quote } from '../extract/token.ts';
import { listed } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/**
 * Words that end the name of a variable that holds a secret. Its end alone counts: a
 * `TOKEN_EXPIRY` is a number, and the `GPG_KEY` of official images is public. `PGPASSWORD` and
 * `MYSQL_PWD` are the clients' own (libpq, "Environment Variables"), `SECRET_KEY_BASE` is Rails'.
 */
const SECRET =
  /(?:(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|SECRET|SECRET_?KEY|SECRET_KEY_BASE|SECRET_ACCESS_KEY|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_KEY|MASTER_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS?|CONNECTION_STRING)|^PGPASSWORD|(?:^|_)(?:MYSQL|DB|DATABASE|REDIS|SQL|USER|ROOT|ADMIN)_PWD)$/i;

/** What says where the secret is, or that there is none. One that is hashed may begin like a variable. */
const NO_SECRET =
  /^(?:|true|false|yes|no|on|off|enabled?|disabled?|required|optional|none|null|[01]|<[^>]*>|%\w+%|\{\{.*\}\}|(?:vault|op|ssm|secret|gcp|awssm|sm|env):.*|\$\w+|\$\{[^}]*\}|\$\([^)]*\)|file:.*|arn:.*)$/i;
/** A file with the secret in it. One secret in 64 begins with a slash in base64: capitals and a single part make no path. */
const PATH =
  /^\/(?:[a-z0-9._@-]+(?:\/[a-z0-9._@-]+)+|(?:[\w.@-]+\/)*[\w@-]+\.(?:json|pem|key|txt|ya?ml|crt|p12|jks|env|conf))$/;
/** What everybody may know by its very name: Next.js, Vite and others ship it to browsers. */
const PUBLIC = /(?:^|_)PUBLIC_/i;

/** A password in a URL (RFC 3986, 3.2.1), which is none if it is a variable. */
const PASSWORD_IN_URL = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:([^/\s@]+)@/i;

/** Of the names. */
const SHOWN = 20;

/** Whether the environment that everybody can read in the config has a variable with a secret, by its name or in a URL. Values never leave this function. */
export const envSecretCheck: ImageCheck = {
  id: 'env-secret',

  run({ config }) {
    const names = config.env.flatMap((variable) => {
      const at = variable.indexOf('=');
      const name = at < 0 ? variable : variable.slice(0, at);
      const value = at < 0 ? '' : variable.slice(at + 1);
      return isSecret(name, value.trim()) ? [name] : [];
    });
    if (names.length === 0) return pass('No variable of its environment looks like a secret.');
    const shown = listed([...new Set(names)].sort().map(quote), SHOWN);
    return fail(`Variables that look like secrets have values: ${shown}.`, 'config.Env');
  },
};

function isSecret(name: string, value: string): boolean {
  const isNamed = SECRET.test(name) && !PUBLIC.test(name);
  const secret = isNamed ? value : PASSWORD_IN_URL.exec(value)?.[1];
  return secret !== undefined && !NO_SECRET.test(secret) && !PATH.test(secret);
}
