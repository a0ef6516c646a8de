import type { JarFacts } from '../../image/file-facts.ts';
import { baseName } from '../../image/path-parts.ts';

/** Name and version of a Maven project. */
export interface MavenProject {
  /** `group:artifact`. */
  readonly name: string;
  readonly version: string;
}

/** `commons-lang3-3.12.0`: an artifact, and the version that its archive's name ends with. */
const VERSIONED = /^(.+?)-(\d[\w.+-]*)$/;

/** Group or artifact, as Maven takes them (MavenModelValidator, "coordinates id"). */
const ID = /^[A-Za-z0-9_.-]{1,256}$/;

/** The name of an archive's file, without folders and its ending: `commons-lang3-3.12.0`. */
export function baseNameOf(path: string): string {
  return baseName(path).replace(/\.[a-z]+$/i, '');
}

/** Artifact and version as an archive's file name has them. */
export function splitName(path: string): { readonly artifact: string; readonly version?: string } {
  const [, artifact, version] = VERSIONED.exec(baseNameOf(path)) ?? [];
  return artifact === undefined || version === undefined
    ? { artifact: baseNameOf(path) }
    : { artifact, version };
}

/**
 * What an archive's manifest and file name say that it is, where no `pom.properties` does: the
 * group by OSGi's or the vendor's id, which must look like one. It may be wrong. `undefined` when there is
 * no group or no version: a name alone finds nothing.
 */
export function nameByManifest(
  path: string,
  { manifest = {} }: Pick<JarFacts, 'manifest'>,
): MavenProject | undefined {
  const { artifact: fileName, version: fileVersion } = splitName(path);
  const version =
    manifest['Implementation-Version'] ?? manifest['Bundle-Version'] ?? fileVersion ?? '';
  const group = groupOf(fileName, manifest);
  if (group === undefined || !ID.test(fileName) || !/^\d[\w.+-]{0,255}$/.test(version))
    return undefined;
  return { name: `${group}:${fileName}`, version };
}

function groupOf(artifact: string, manifest: Readonly<Record<string, string>>): string | undefined {
  const vendor = manifest['Implementation-Vendor-Id'];
  if (vendor !== undefined && isGroup(vendor)) return vendor;
  // Directives follow: `org.example.core;singleton:=true`.
  const bundle = manifest['Bundle-SymbolicName']?.split(';', 1)[0]?.trim();
  if (bundle === undefined || !isGroup(bundle)) return undefined;
  const end = `.${artifact.replaceAll('-', '.')}`;
  const shorter = bundle.endsWith(end)
    ? bundle.slice(0, -end.length)
    : bundle.slice(0, bundle.lastIndexOf('.'));
  return isGroup(shorter) ? shorter : bundle;
}

function isGroup(text: string): boolean {
  return ID.test(text) && text.includes('.');
}

/** Of `group:artifact`. */
export function artifactOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Whether an archive is that of an artifact by its name: it has the artifact's, or one without a version, as whoever builds an application calls it. */
export function mayBeCalled(path: string, artifact: string): boolean {
  return isNamedAfter(path, artifact) || !VERSIONED.test(baseNameOf(path));
}

/** Whether an archive's name begins with an artifact's: `core-1.2.jar` is that of `core`. */
export function isNamedAfter(path: string, artifact: string): boolean {
  const name = baseNameOf(path);
  return name === artifact || name.startsWith(`${artifact}-`);
}
