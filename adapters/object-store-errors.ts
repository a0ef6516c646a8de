/** An object ends before the range that was asked of it. */
export class ObjectTooShortError extends Error {
  override readonly name = 'ObjectTooShortError';

  constructor(key: string, end: number) {
    super(`object ends before byte ${end}: ${JSON.stringify(key)}`);
  }
}
