/**
 * A name as it stands in scopes and workloads: what is in another account or region than
 * the stack's own begins with the place, `prod:cluster`. Names of AWS hold no colon.
 */
export function nameAt(place: string | undefined, name: string): string {
  return place === undefined ? name : `${place}:${name}`;
}
