/** An endpoint that is no URL we would send a request to. */
export class InvalidEndpointError extends Error {
  override readonly name = 'InvalidEndpointError';
}

/** Registry host to the URL that answers for it; a path before `/v2/` is kept. */
export type RegistryEndpoints = Readonly<Record<string, string>>;

/**
 * Reads `host=url,host=url`, as REGISTRY_ENDPOINTS writes it: `cgr.dev=http://127.0.0.1:5000/r/cgr.dev`.
 *
 * @throws InvalidEndpointError
 */
export function parseRegistryEndpoints(text: string): RegistryEndpoints {
  const endpoints: Record<string, string> = {};
  for (const pair of text.split(',').map((each) => each.trim())) {
    if (pair === '') continue;
    const [, host, url] = /^([^=\s/]+)=(\S+)$/.exec(pair) ?? [];
    if (!host || !url) {
      throw new InvalidEndpointError(`expected host=url, got ${JSON.stringify(pair)}`);
    }
    if (Object.hasOwn(endpoints, host)) {
      throw new InvalidEndpointError(`two endpoints for ${JSON.stringify(host)}`);
    }
    checkEndpoint(url);
    endpoints[host] = url;
  }
  return endpoints;
}

/**
 * The URL, without a slash at its end, whose `/v2/` speaks for a registry host.
 *
 * @throws InvalidEndpointError
 */
export function endpointOf(host: string, endpoints: RegistryEndpoints): string {
  const configured = Object.hasOwn(endpoints, host) ? endpoints[host] : undefined;
  return checkEndpoint(configured ?? defaultEndpoint(host)).href.replace(/\/+$/, '');
}

/** Whether a URL stays on this machine: the only place where plain HTTP is taken. */
function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

/** Whether a request may go there from an endpoint: HTTPS, or plain HTTP that never left loopback. */
export function mayFollow(from: URL, to: URL): boolean {
  if (to.protocol === 'https:') return true;
  return to.protocol === 'http:' && isLoopback(to) && isLoopback(from);
}

function defaultEndpoint(host: string): string {
  // Docker Hub's images are named after a host that serves no registry.
  if (host === 'docker.io') return 'https://registry-1.docker.io';
  const plain = URL.parse(`http://${host}`);
  return plain && isLoopback(plain) ? `http://${host}` : `https://${host}`;
}

function checkEndpoint(text: string): URL {
  const url = URL.parse(text);
  if (!url || !mayFollow(url, url)) {
    throw new InvalidEndpointError(
      `expected an https URL, or http on loopback, got ${JSON.stringify(text)}`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new InvalidEndpointError(
      `expected a URL of scheme, host and path alone for ${JSON.stringify(url.host)}`,
    );
  }
  return url;
}
