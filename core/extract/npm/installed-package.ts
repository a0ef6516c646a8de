/**
 * `package.json` at the root of an installed package: `node_modules/<name>/`, in a package's own
 * `node_modules` too, and in the stores of pnpm and of Yarn (`node_modules/.pnpm/<id>/node_modules/<name>/`).
 * Not what a package carries along for its tests, which lies deeper. Each folder can be taken in one way
 * only, so that no path takes long.
 */
const INSTALLED =
  /^(?:(?!node_modules\/)[^/]+\/)*(?:node_modules\/(?:\.(?:pnpm|store)\/[^/]+\/node_modules\/)?(?:@[^/]+\/)?[^/.@][^/]*\/)+package\.json$/;

/** Bytes; npm itself writes a few thousand, its readers refuse nothing. */
export const PACKAGE_JSON_LIMIT = 1024 * 1024;

/** Whether a path is that of an installed npm package's `package.json`. */
export function isInstalledPackage(path: string): boolean {
  return path.endsWith('/package.json') && INSTALLED.test(path);
}
