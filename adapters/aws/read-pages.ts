/** What of a list could be read. */
export interface ReadPages<Item> {
  readonly items: readonly Item[];
  /** Why the list broke off, or `null` when it was read to its end. */
  readonly failure: string | null;
}

/** Reads an SDK paginator to its end; what came before it broke off is kept. Never throws for a call that failed. */
export async function readPages<Page, Item>(
  call: string,
  pages: AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
): Promise<ReadPages<Item>> {
  const items: Item[] = [];
  try {
    for await (const page of pages) items.push(...(itemsOf(page) ?? []));
    return { items, failure: null };
  } catch (error) {
    return { items, failure: callFailure(call, error) };
  }
}

/** A failed call for people: `ListTasks: AccessDeniedException: not allowed`. */
export function callFailure(call: string, error: unknown): string {
  return `${call}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
}
