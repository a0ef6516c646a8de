/** Locks that cannot be read, or that no world can be made from. */
export class InvalidLocksError extends Error {
  override readonly name = 'InvalidLocksError';
}
