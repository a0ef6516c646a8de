/** Finds the versions that a program's bytes hold, as they stream by. */
export interface VersionSearch {
  /** The next bytes; good only until it returns. */
  write(bytes: Buffer): void;
  /** Distinct versions, sorted. */
  end(): readonly string[];
}

interface Family {
  /** File names of an interpreter and of its library. */
  readonly name: RegExp;
  /**
   * Of Python the version as a text of its own, zero bytes on both sides (`PY_VERSION`); of Node
   * what its inspector calls itself and where its sources are.
   */
  readonly text: RegExp;
}

const FAMILIES: readonly Family[] = [
  {
    name: /^(?:python(?:3(?:\.\d{1,2})?t?)?|libpython3(?:\.\d{1,2}t?)?\.so(?:\.\d+)*)$/,
    text: /\0(3\.\d{1,2}\.\d{1,3}(?:(?:a|b|rc)\d{1,2})?)\+?(?=\0)/g,
  },
  {
    name: /^(?:node(?:js)?(?:-\d{1,2})?|libnode\.so(?:\.\d+)*)$/,
    text: /(?:\0node\.js|\/download\/release)\/v(\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d.])/g,
  },
];

/** Longer than any text that is looked for, with what stands around it. */
const LONGEST = 64;
/** Versions kept of one file: more of them say nothing any more. */
const LIMIT = 16;

/**
 * A search for the version of the interpreter that a file's name says it is, or is the library of;
 * `undefined` for any other name. Linkers may let a text end another one, in which case none is found.
 */
export function createVersionSearch(path: string): VersionSearch | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const family = FAMILIES.find((each) => each.name.test(name));
  if (!family) return undefined;
  const found = new Set<string>();
  let tail = '';
  return {
    write(bytes) {
      if (found.size >= LIMIT) return;
      const text = tail + bytes.toString('latin1');
      for (const [, version = ''] of text.matchAll(family.text)) {
        if (found.size < LIMIT) found.add(version);
      }
      tail = text.slice(-LONGEST);
    },
    end: () => [...found].sort(),
  };
}
