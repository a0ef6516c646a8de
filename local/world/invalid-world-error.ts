/** A world file that is not valid; nothing of it is played. */
export class InvalidWorldError extends Error {
  override readonly name = 'InvalidWorldError';
  /** The offending line, counted from 1; line n holds event n. */
  readonly line: number;

  constructor(line: number, reason: string, options?: ErrorOptions) {
    super(`line ${line}: ${reason}`, options);
    this.line = line;
  }
}
