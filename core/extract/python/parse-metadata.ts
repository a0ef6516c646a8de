/** What a core metadata file says of its project; `null` where it does not. */
interface PythonMetadata {
  readonly name: string | null;
  readonly version: string | null;
}

/**
 * Reads Name and Version from a core metadata file (packaging.python.org, "Core
 * metadata specifications"). Only the header block counts; field names are matched
 * without case; of repeated fields the first wins; lines that are no field, which old
 * tools wrote into the header, are passed over, as installers do.
 */
export function parsePythonMetadata(text: string): PythonMetadata {
  let name: string | null = null;
  let version: string | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.trimEnd();
    if (line === '') break;
    const { key, value = '' } = /^(?<key>name|version)\s*:(?<value>.*)$/i.exec(line)?.groups ?? {};
    if (key?.toLowerCase() === 'name') name ??= value.trim();
    else if (key) version ??= value.trim();
  }
  return { name, version };
}
