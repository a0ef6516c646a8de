/**
 * The file of an image that holds what a path names: `app.jar` of `app.jar!/lib/core.jar`, as Java
 * writes places in archives. Any other path is the file itself.
 */
export function fileOfPath(path: string): string {
  const end = path.indexOf('!/');
  return end < 0 ? path : path.slice(0, end);
}
