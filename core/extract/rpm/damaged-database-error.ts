/** A database, or a part of it, is not what its format says. The message is a problem's reason. */
export class DamagedDatabaseError extends Error {
  override readonly name = 'DamagedDatabaseError';
}

/** Runs a reading; what it throws because of damage, and that alone, becomes a reason. */
export function orDamage<Result>(read: () => Result): Result | DamagedDatabaseError {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedDatabaseError) return error;
    throw error;
  }
}
