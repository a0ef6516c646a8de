/**
 * What an inventory is put together of, with the version of each part: raised when the same image
 * would give another result. They are in the inventory's key, and stand here by themselves, so that
 * who only has to know the key does not carry what reads an image.
 */
export const PART_VERSIONS = {
  /** Laying layers over each other, putting an inventory together. */
  inventory: 3,
  'os/os-release': 2,
  'os/apk': 3,
  'os/dpkg': 3,
  'os/rpm': 2,
  'language/python': 3,
  'language/go': 2,
  'language/rust': 2,
  'language/npm': 2,
  'language/java': 3,
  'runtime/python': 4,
  'runtime/node': 1,
  'runtime/java': 1,
  'runtime/go': 1,
  'python-environments': 3,
  coverage: 3,
  /** What of an image has an end of its support; not in the inventory, in the facts that are kept beside it. */
  'supported-parts': 1,
} as const;

/** A part with a version of its own. */
export type PartName = keyof typeof PART_VERSIONS;
