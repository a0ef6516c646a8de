/** The region that a client's calls go to, as its options or the environment say. */
export function regionOf(client: {
  readonly config: { readonly region: () => Promise<string> };
}): Promise<string> {
  return client.config.region();
}
