import { isUnpackedProject, POM_PROPERTIES_LIMIT } from '../extract/java/unpacked-project.ts';
import { isInstalledPackage, PACKAGE_JSON_LIMIT } from '../extract/npm/installed-package.ts';

/** Raised whenever a capture keeps or tells more: an older one then lacks something. */
export const WANTED_VERSION = 3;

/** Wanted files above this are recorded as a problem, not kept (bytes). */
export const WANTED_FILE_LIMIT = 64 * 1024 * 1024;

const EXACT = new Set([
  'etc/os-release',
  'usr/lib/os-release',
  'etc/passwd',
  'etc/group',
  'etc/ld.so.cache',
  'etc/ld.so.conf',
  'etc/apk/repositories',
  'etc/apk/world',
  'etc/apko.json',
  'lib/apk/db/installed',
  'usr/lib/apk/db/installed',
  'var/lib/dpkg/status',
  'usr/lib/dpkg/status',
  'var/lib/rpmmanifest/container-manifest-2',
]);

const PATTERNS = [
  /^etc\/ld\.so\.conf\.d\/[^/]+\.conf$/,
  /^etc\/ld-musl-[^/]+\.path$/,
  /^(?:var|usr)\/lib\/dpkg\/status\.d\/[^/]+$/,
  /^(?:var|usr)\/lib\/dpkg\/info\/[^/]+\.(?:list|md5sums)$/,
  /^(?:var\/lib|usr\/lib\/sysimage|usr\/share)\/rpm\/(?:rpmdb\.sqlite(?:-wal)?|Packages(?:\.db)?)$/,
  // What melange says of each of its apk packages, in the package itself.
  /^var\/lib\/db\/sbom\/[^/]+\.spdx\.json$/,
  /\.dist-info\/(?:METADATA|RECORD|WHEEL|INSTALLER|direct_url\.json|top_level\.txt)$/,
  /\.egg-info(?:\/(?:PKG-INFO|METADATA|installed-files\.txt|SOURCES\.txt))?$/,
  /(?:^|\/)EGG-INFO\/PKG-INFO$/,
  /(?:^|\/)pyvenv\.cfg$/,
  /(?:^|\/)lib(?:64)?\/python3\.\d+t?\/(?:build-details\.json|_sysconfigdata_[^/]*\.py)$/,
  /(?:^|\/)include\/python3\.\d+[mt]?\/patchlevel\.h$/,
  /(?:^|\/)include\/(?:node|nodejs)\/(?:src\/)?node_version\.h$/,
  // Of a JAVA_HOME, and of Lambda's, which lies in a folder of no such name.
  /(?:^|\/)(?:jvm\/[^/]+|[^/]{0,64}(?:java|jdk|jre|jvm|corretto|temurin|graal|zulu)[^/]{0,64})(?:\/openjdk|\/jre)?\/release$/i,
  /^var\/lang\/release$/,
  /(?:^|\/)go(?:lang|-?\d[\d.]*)?\/VERSION$/,
];

/** Whether a layer's file is kept verbatim in its capture. Called for every path: strings only. */
export function isWanted(path: string): boolean {
  return (
    EXACT.has(path) ||
    isInstalledPackage(path) ||
    isUnpackedProject(path) ||
    PATTERNS.some((pattern) => pattern.test(path))
  );
}

/** Bytes of one wanted file above which it is not kept. */
export function wantedFileLimit(path: string): number {
  if (isUnpackedProject(path)) return POM_PROPERTIES_LIMIT;
  return isInstalledPackage(path) ? PACKAGE_JSON_LIMIT : WANTED_FILE_LIMIT;
}
