import { execFileSync } from 'node:child_process';

/** `Name <mail>` of who works here, as git knows them; `undefined` where it does not. */
export function gitAuthor(): string | undefined {
  const name = configured('user.name');
  const mail = configured('user.email');
  if (name === undefined) return mail;
  return mail === undefined ? name : `${name} <${mail}>`;
}

function configured(key: string): string | undefined {
  try {
    const said = execFileSync('git', ['config', '--get', key], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return said.trim() || undefined;
  } catch {
    // No git, or it was never told.
    return undefined;
  }
}
