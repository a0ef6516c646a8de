/** What a path is about. */
export type RouteNoun =
  | 'ping'
  | 'token'
  | 'manifest'
  | 'blob'
  | 'upload'
  | 'tags'
  | 'referrers'
  | 'history';

/** A path that the registry serves. */
export interface Route {
  readonly noun: RouteNoun;
  /** The registry that is spoken to. */
  readonly host: string;
  /** What stands before `/v2/` for this host: empty at the root. */
  readonly base: string;
  /** Empty for `ping` and `token`. */
  readonly repository: string;
  /** Tag, digest or upload; may be empty. */
  readonly name: string;
}

/** The host that is served at the root, for clients that know no path before `/v2/`. */
const ROOT_HOST = 'localhost';

const HOST_PREFIX = /^(?<base>\/r\/(?<host>[^/]+))(?=\/)/;
const PATHS: readonly (readonly [RouteNoun, RegExp])[] = [
  ['ping', /^\/v2\/?$/],
  ['token', /^\/token$/],
  ['manifest', /^\/v2\/(?<repository>.+)\/manifests\/(?<name>[^/]+)$/],
  ['upload', /^\/v2\/(?<repository>.+)\/blobs\/uploads\/?(?<name>[^/]*)$/],
  ['blob', /^\/v2\/(?<repository>.+)\/blobs\/(?<name>[^/]+)$/],
  ['tags', /^\/v2\/(?<repository>.+)\/tags\/list$/],
  ['referrers', /^\/v2\/(?<repository>.+)\/referrers\/(?<name>[^/]+)$/],
  ['history', /^\/v2\/(?<repository>.+)\/_chainguard\/history\/(?<name>[^/]+)$/],
];

/** The path before `/v2/` that speaks for a host. */
export function basePathOf(host: string): string {
  return host === ROOT_HOST ? '' : `/r/${host}`;
}

/** What a path asks for; `undefined` for one that means nothing here. */
export function parseRoute(path: string): Route | undefined {
  const { base = '', host = ROOT_HOST } = HOST_PREFIX.exec(path)?.groups ?? {};
  const rest = path.slice(base.length);
  for (const [noun, pattern] of PATHS) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const { repository = '', name = '' } = match.groups ?? {};
    return { noun, host, base, repository, name: decodeURIComponent(name) };
  }
  return undefined;
}
