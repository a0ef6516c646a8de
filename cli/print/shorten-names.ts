import { isEcrHost } from '../../adapters/aws/ecr-credentials.ts';

/** Hexadecimal digits of a digest that are shown; nobody compares more by eye. */
const DIGITS = 12;

/** Makes long names readable in a line of a terminal. */
export interface NameShortener {
  shorten(text: string): string;
  /** What the short forms stand for, to be said once; `null` when there are none. */
  readonly legend: string | null;
}

/**
 * Cuts digests, and writes the only ECR host among `hosts` as `ecr`; several stay as
 * they are, since nobody could tell them apart.
 */
export function createNameShortener(hosts: Iterable<string>): NameShortener {
  const [host, ...others] = [...hosts].filter(isEcrHost);
  const isOnly = host !== undefined && others.length === 0;
  return {
    shorten(text) {
      const named = isOnly ? text.replaceAll(`${host}/`, 'ecr/') : text;
      return named.replace(
        /sha256:[0-9a-f]{64}/g,
        (digest) => `${digest.slice(0, 'sha256:'.length + DIGITS)}…`,
      );
    },
    legend: isOnly ? `ecr/ stands for ${host}/` : null,
  };
}
