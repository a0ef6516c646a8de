import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidConfigError, type TidewatchConfig } from './tidewatch-config.ts';

/**
 * The configuration in a file of the working folder; its default export is `defineConfig({ … })`.
 *
 * @throws InvalidConfigError
 */
export async function loadConfig(path: string): Promise<TidewatchConfig> {
  const { default: config } = await import(pathToFileURL(resolve(path)).href);
  if (config === undefined) {
    throw new InvalidConfigError(
      `bad ${path}:\n  default export: expected defineConfig({ … }), got nothing`,
    );
  }
  return config;
}
