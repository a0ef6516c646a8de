/** Where a secret of Secrets Manager lies. */
interface Place {
  readonly region: string;
  readonly account: string;
}

type Secrets = Readonly<Record<string, { readonly secret: string }>>;

export const ONE_PLACE =
  'expected a secret of the stack’s own account and region, as the first one’s ARN says them';

/** What an ARN says of its place; a name says nothing. */
export function placeOfSecret(secret: string): Place | undefined {
  const [arn, , , region, account] = secret.split(':');
  return arn === 'arn' && region && account ? { region, account } : undefined;
}

/** Registries whose secret lies elsewhere than that of the first: one of them cannot be read. */
export function otherPlaces(secrets: Secrets): readonly string[] {
  const places = Object.entries(secrets).flatMap(([host, { secret }]) => {
    const place = placeOfSecret(secret);
    return place ? [{ host, ...place }] : [];
  });
  const [first] = places;
  return places
    .filter(({ region, account }) => region !== first?.region || account !== first?.account)
    .map(({ host }) => host);
}
