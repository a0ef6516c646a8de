const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** `0 bytes`, `812 bytes`, `12.3 kB`: decimal units, as registries and browsers show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${UNITS[power - 1]}`;
}
