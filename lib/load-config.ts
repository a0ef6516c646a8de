import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidConfigError, isDefined, type TidewatchConfig } from './tidewatch-config.ts';

/**
 * The configuration in a file of the working folder; its default export is `defineConfig({ … })`.
 *
 * @throws InvalidConfigError
 */
export async function loadConfig(path: string): Promise<TidewatchConfig> {
  if (!existsSync(path)) throw badFile(path, 'there is no such file');
  const { default: config } = await importConfig(path);
  if (!isDefined(config)) {
    const got = config === undefined ? 'nothing' : 'something else';
    throw badFile(path, `default export: expected defineConfig({ … }), got ${got}`);
  }
  return config;
}

async function importConfig(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Node says where only in the first lines of the stack.
    const [, line] = /\.[cm]?ts:(\d+)/.exec(error.stack ?? '') ?? [];
    throw badFile(path, `${line ? `line ${line}: ` : ''}${error.message}`, error);
  }
}

function badFile(path: string, what: string, cause?: unknown): InvalidConfigError {
  return new InvalidConfigError(`bad ${path}:\n  ${what}`, { cause });
}
