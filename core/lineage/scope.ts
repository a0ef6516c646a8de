/** The nearest of some scopes that stands for another one: itself, or one above it (`ecs/eu-west-1` of `ecs/eu-west-1/prod`). */
export function nearestScope(scope: string, scopes: readonly string[]): string | undefined {
  return scopes
    .filter((each) => scope === each || scope.startsWith(`${each}/`))
    .reduce<string | undefined>(
      (nearest, each) => (each.length > (nearest?.length ?? 0) ? each : nearest),
      undefined,
    );
}
