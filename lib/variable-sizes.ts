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

/** Bytes of what `ListDeployments` is told to list, as JSON: registries and names of the stack's parts need the rest. */
const LISTED_BYTES = 3000;

interface Problem {
  readonly path: string[];
  readonly message: string;
}

/** What is to be listed, if it is too much for one function's variables: told of the key that takes most. */
export function tooMuchToList(
  config: Pick<Sized, 'deployments' | 'elsewhere' | 'orchestrators'>,
): Problem | undefined {
  const { deployments, elsewhere, orchestrators } = config;
  const sizes = [
    { path: ['deployments'], size: jsonBytes(deployments) },
    { path: ['elsewhere'], size: jsonBytes(elsewhere) },
    { path: ['orchestrators', 'eks'], size: bytes(orchestrators.eks.join()) },
  ].toSorted((a, b) => b.size - a.size);
  const [largest] = sizes;
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  if (!largest || total <= LISTED_BYTES) return undefined;
  const all = sizes.map(({ path, size }) => `${path.join('.')} (${size})`).join(', ');
  return {
    path: largest.path,
    message: `expected at most ${LISTED_BYTES} bytes as JSON together with what is listed beside it, variables of one Lambda function: ${all}`,
  };
}

function jsonBytes(value: unknown): number {
  return bytes(JSON.stringify(value));
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
