/**
 * Reads a Java properties file as Maven writes it: lines `key=value`, comments behind `#` and `!`.
 * Of a key that occurs twice the last counts (java.util.Properties).
 */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const properties = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, key, value] = /^\s*([^#!\s=:][^=:\s]*)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) properties.set(key, value.trimEnd());
  }
  return properties;
}
