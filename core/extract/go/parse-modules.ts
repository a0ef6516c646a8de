/** A module as a Go program lists it. */
export interface GoModule {
  readonly path: string;
  /** With its `v`; `(devel)` or empty where nobody gave one. */
  readonly version: string;
}

/** The modules of a Go program. */
export interface GoModules {
  readonly main: GoModule | null;
  readonly dependencies: readonly GoModule[];
}

/** A path that is no module's but a folder's. */
const FOLDER = /^(?:\.|\/|[A-Za-z]:\\)/;

/**
 * Reads the lines of Go's build information (`mod`, `dep` and `=>`, fields between tabs;
 * https://github.com/golang/go, src/runtime/debug/mod.go). What replaces a module is what was built;
 * a folder that does has no version, and the module's name.
 */
export function parseModules(text: string): GoModules {
  let main: GoModule | null = null;
  const dependencies: GoModule[] = [];
  let replaces: ((by: GoModule) => void) | undefined;
  for (const line of text.split('\n')) {
    const [kind, path = '', version = ''] = line.split('\t');
    if (kind === 'mod') {
      main = { path, version };
      replaces = (by) => {
        main = by;
      };
    } else if (kind === 'dep') {
      const index = dependencies.push({ path, version }) - 1;
      replaces = (by) => {
        dependencies[index] = FOLDER.test(by.path) ? { path, version: '(devel)' } : by;
      };
    } else if (kind === '=>') {
      replaces?.({ path, version });
      replaces = undefined;
    }
  }
  return { main, dependencies: dependencies.filter((each) => each.path !== '') };
}
