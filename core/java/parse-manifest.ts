/** Attributes that name or number an archive (Java's JAR File Specification, "Main Attributes"; OSGi Core, "Bundle Manifest Headers"). */
const TELLING: ReadonlySet<string> = new Set([
  'Automatic-Module-Name',
  'Bundle-SymbolicName',
  'Bundle-Version',
  'Implementation-Title',
  'Implementation-Vendor-Id',
  'Implementation-Version',
  'Specification-Version',
]);

const VALUE_LIMIT = 256;

/** The telling main attributes of a manifest's beginning; `undefined` when it has none. */
export function parseManifest(text: string): Readonly<Record<string, string>> | undefined {
  const [main = ''] = text.replace(/\r\n?/g, '\n').split('\n\n', 1);
  // A line of more than 72 bytes goes on behind a space.
  const lines = main.replaceAll('\n ', '').split('\n');
  const found = lines.flatMap((line) => {
    const colon = line.indexOf(': ');
    const name = line.slice(0, Math.max(colon, 0));
    return TELLING.has(name) ? [[name, line.slice(colon + 2, colon + 2 + VALUE_LIMIT).trim()]] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
