/** A version string its scheme does not accept. */
export class InvalidVersionError extends Error {
  override readonly name = 'InvalidVersionError';

  constructor(scheme: string, version: string) {
    super(`invalid ${scheme} version: ${JSON.stringify(version)}`);
  }
}

/** How one ecosystem orders its versions. A total order on parsed versions. */
export interface VersionScheme<Parsed = unknown> {
  readonly name: string;
  /**
   * Parses once, so that comparing is cheap.
   *
   * @throws InvalidVersionError, except apk, whose order knows every text
   */
  parse(version: string): Parsed;
  /** Negative, zero or positive, as for `Array.sort`. */
  compare(left: Parsed, right: Parsed): number;
  /** Whether the scheme's own grammar accepts the text. */
  isValid(version: string): boolean;
}
