/** How the names of the archives end that we read, each form of them. */
export const ARCHIVE_ENDINGS = {
  zip: /\.zip$/i,
  tar: /\.(?:tar\.gz|tgz)$/i,
  lines: /\.(?:ndjson|jsonl)(?:\.gz)?$/i,
} as const;

/** Whether a file of that name is read as an archive of advisories. */
export function isArchive(name: string): boolean {
  return Object.values(ARCHIVE_ENDINGS).some((ending) => ending.test(name));
}
