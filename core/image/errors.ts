/** The registry has no such tag, manifest or blob. */
export class ImageNotFoundError extends Error {
  override readonly name = 'ImageNotFoundError';
}

/** The registry refuses us, with or without credentials. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
}

/** The registry still says 429 after all our patience. */
export class RateLimitedError extends Error {
  override readonly name = 'RateLimitedError';
}

/** The registry does not answer, or answers what no registry says: HTML, 5xx, endless redirects. */
export class RegistryUnavailableError extends Error {
  override readonly name = 'RegistryUnavailableError';
}

/** Bytes that are not what their digest, diff id or size promised. */
export class DigestMismatchError extends Error {
  override readonly name = 'DigestMismatchError';

  constructor(what: string, expected: string, actual: string) {
    super(`${what}: expected ${expected}, got ${actual}`);
  }
}

/** A layer, manifest or config above one of our limits. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** A layer that is no tar archive, or not in the compression it names. */
export class MalformedLayerError extends Error {
  override readonly name = 'MalformedLayerError';
}
