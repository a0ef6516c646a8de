/** Bytes; npm itself writes a few thousand, its readers refuse nothing. */
export const PACKAGE_JSON_LIMIT = 1024 * 1024;

/** Folders of a package whose own `node_modules` nothing loads when it runs. */
const CARRIED_ALONG: ReadonlySet<string> = new Set(
  ['test', 'tests', '__tests__', 'testdata', 'spec', 'fixture', 'fixtures', '__fixtures__'].concat([
    'mock',
    'mocks',
    '__mocks__',
    'example',
    'examples',
    'benchmark',
    'benchmarks',
  ]),
);

/**
 * Whether a path is that of an installed npm package's `package.json`: at the root of what a `node_modules` folder
 * holds, wherever that lies: in a package's own, in a part of one (a monorepo's, Meteor's), and in the
 * stores that links lead to (`.pnpm`, `.bun`, `.deno`: `node_modules/.pnpm/<id>/node_modules/<name>/`; Yarn's
 * `node_modules/.store/<id>/package/`). Not what a package carries along for its tests.
 */
export function isInstalledPackage(path: string): boolean {
  if (!path.endsWith('/package.json') || !path.includes('node_modules/')) return false;
  const parts = path.split('/');
  const last = parts.lastIndexOf('node_modules');
  if (!isPackageFolder(parts.slice(last + 1, -1))) return false;
  const first = parts.indexOf('node_modules');
  return !parts.some(
    (part, at) => at > first && at < last && CARRIED_ALONG.has(part) && !isName(parts, at),
  );
}

/** What a `node_modules` folder calls a package. */
function isPackageFolder(parts: readonly string[]): boolean {
  const [first = '', second = '', third] = parts;
  if (parts.length === 1) return /^[^.@]/.test(first);
  if (parts.length === 2) return /^@./.test(first) && /^[^.@]/.test(second);
  return parts.length === 3 && first === '.store' && third === 'package';
}

/** Whether a part of a path is a package's name, or its id in a store. */
function isName(parts: readonly string[], at: number): boolean {
  const [before = '', above] = [parts[at - 1], parts[at - 2]];
  return before === 'node_modules' || (above === 'node_modules' && /^[.@]/.test(before));
}
