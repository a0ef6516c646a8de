import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import type { DecisionPaths } from './decision-files.ts';

/** A configuration that nothing can be deployed of; names all mistakes, a line each. */
export class UnusableConfigurationError extends Error {
  override readonly name = 'UnusableConfigurationError';
  readonly errors: readonly string[];

  constructor(file: string, errors: readonly string[], options?: ErrorOptions) {
    super(`bad ${file}:\n${errors.map((each) => `  ${each}`).join('\n')}`, options);
    this.errors = errors;
  }
}

/** What of a configuration names files beside it; `defineConfig` has checked the rest by then. */
const Configuration = z.object({
  suppressions: z.string().optional(),
  vex: z.object({ folder: z.string().optional() }),
});

/**
 * Reads a configuration as `cdk synth` does: the file itself calls `defineConfig`, which refuses what
 * is wrong. `undefined` where there is no such file.
 *
 * @throws UnusableConfigurationError
 */
export async function readConfigurationFile(path: string): Promise<DecisionPaths | undefined> {
  if (!existsSync(path)) return undefined;
  const { default: config } = await importFile(path);
  const { success, data } = Configuration.safeParse(config);
  if (!success) {
    throw new UnusableConfigurationError(path, ['default export: expected defineConfig({ … })']);
  }
  return { suppressions: data.suppressions, vexFolder: data.vex.folder };
}

async function importFile(path: string): Promise<{ readonly default?: unknown }> {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const [first = '', ...more] = (error instanceof Error ? error.message : String(error)).split(
      '\n',
    );
    // `defineConfig` names each mistake on a line of its own, below a title.
    const errors = more.length === 0 ? [first] : more.map((line) => line.trim());
    throw new UnusableConfigurationError(path, errors, { cause: error });
  }
}
