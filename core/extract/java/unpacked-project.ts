/** Bytes; Maven writes about a hundred. */
export const POM_PROPERTIES_LIMIT = 64 * 1024;

const POM = /(?:^|\/)META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/;

/** Whether a file is the `pom.properties` of an archive that was unpacked: by a build for containers, or of several into one folder. */
export function isUnpackedProject(path: string): boolean {
  return path.endsWith('/pom.properties') && POM.test(path);
}
