import { feedsOf } from './feeds-config.ts';
import type { TidewatchConfig } from './tidewatch-config.ts';

/**
 * Bytes of one function's variables that settings may take: Lambda has 4 KB for all of them
 * (quota of environment variables), and names of tables, topics and functions need the rest.
 */
export const SETTINGS_BYTES = 3300;

type Sized = Pick<
  TidewatchConfig,
  'watchedTags' | 'ecr' | 'deployments' | 'elsewhere' | 'orchestrators' | 'registries' | 'feeds'
>;

/** Settings that are too long to be handed to the functions that need them. */
export function tooLong(config: Sized): readonly string[] {
  const { watchedTags, ecr, deployments, elsewhere, orchestrators, feeds } = config;
  const registries = jsonBytes(config.registries);
  const together: Readonly<Record<string, number>> = {
    registries,
    watchedTags: registries + bytes(watchedTags.join()),
    ecr: registries + bytes(ecr.repositories.join()),
    deployments:
      registries + jsonBytes(deployments) + jsonBytes(elsewhere) + bytes(orchestrators.eks.join()),
    feeds: jsonBytes(feedsOf(feeds)),
  };
  return Object.keys(together).filter((name) => (together[name] ?? 0) > SETTINGS_BYTES);
}

function jsonBytes(value: unknown): number {
  return bytes(JSON.stringify(value));
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
