/** A part of a list, and where the next one begins. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Opaque to clients; `undefined` at the end. */
  readonly next: string | undefined;
}

/** The page of a list at a token that an earlier page gave; `undefined` for a token that none gave. */
export function pageOf<Item>(
  all: readonly Item[],
  token: string | null | undefined,
  size: number,
): ListPage<Item> | undefined {
  const start = token ? Number(Buffer.from(token, 'base64url').toString('utf8')) : 0;
  if (!Number.isInteger(start) || start < 0 || start > all.length) return undefined;
  const end = start + size;
  const next = end < all.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: all.slice(start, end), next };
}
