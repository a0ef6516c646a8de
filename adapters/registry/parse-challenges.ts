/** One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const PARAMETER = /\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/y;
const SCHEME = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?:\s+|,|$)/y;

/** Reads a `WWW-Authenticate` header; what is not well formed ends the list. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  while (at < header.length) {
    SCHEME.lastIndex = at;
    const scheme = SCHEME.exec(header)?.[1];
    if (!scheme) break;
    const { parameters, end } = parseParameters(header, SCHEME.lastIndex);
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
    at = end;
  }
  return challenges;
}

function parseParameters(header: string, start: number) {
  const parameters = new Map<string, string>();
  let end = start;
  for (;;) {
    PARAMETER.lastIndex = end;
    const [, name, quoted, token] = PARAMETER.exec(header) ?? [];
    if (!name) return { parameters, end };
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
    end = PARAMETER.lastIndex;
  }
}
