import type { JarFacts } from '../../image/file-facts.ts';
import { KNOWN_ARTIFACTS, type KnownArtifacts } from './known-artifacts.ts';
import { type MavenProject, splitName } from './name-archive.ts';

/** A project that an archive is by what is known of its publisher. */
export interface KnownProject extends MavenProject {
  /** Whether file name and manifest say the same, name and version. */
  readonly isSure: boolean;
}

type Manifest = Readonly<Record<string, string>>;

/** Spring's projects outside of its framework name their group. */
const SPRING_GROUP = /^org\.springframework\.[a-z]+$/;

/** What a Gradle plugin writes for a title (nebula.info): `io.micrometer#micrometer-core;1.8.4`. */
const COORDINATES = /^([\w.-]{1,256})#([\w.-]{1,256});[\w.+-]{1,256}$/;

/**
 * Names an archive of a publisher whose builds leave no `pom.properties`: its artifact by the file's name,
 * the group by that. A manifest that names something else names it; `undefined` then, and for all that is
 * not known.
 */
export function nameByTable(
  path: string,
  { manifest = {} }: Pick<JarFacts, 'manifest'>,
): KnownProject | undefined {
  const file = splitName(path);
  const own = groupInManifest(file.artifact, manifest);
  if (own !== undefined) return projectOf(own, file, manifest, { isNamed: true });
  for (const row of KNOWN_ARTIFACTS) {
    const found = nameByRow(row, file, manifest);
    if (found) return found;
  }
  return undefined;
}

function nameByRow(
  row: KnownArtifacts,
  file: FileName,
  manifest: Manifest,
): KnownProject | undefined {
  const isFull = row.artifacts.test(file.artifact);
  const artifact = isFull ? file.artifact : fullNameOf(row, file);
  if (artifact === undefined) return undefined;
  const isNamed = isNamedBy(row, artifact, manifest);
  // `servlet-api` alone is many a publisher's.
  if (isNamed === false || (!isFull && !isNamed)) return undefined;
  const how = { isNamed: isNamed === true, versionBy: row.version };
  const found = projectOf(row.group, { ...file, artifact }, manifest, how);
  return found && isOfMajor(row, found.version) ? found : undefined;
}

/** The group that the manifest says beside this very artifact. */
function groupInManifest(artifact: string, manifest: Manifest): string | undefined {
  const { 'Implementation-Title': title = '', 'Implementation-Vendor-Id': vendor = '' } = manifest;
  const [, group, named] = COORDINATES.exec(title) ?? [];
  if (named === artifact) return group;
  const isSpring = artifact.startsWith('spring-') && title === artifact;
  return isSpring && SPRING_GROUP.test(vendor) ? vendor : undefined;
}

/** Tomcat's own folder has `catalina.jar`, which Maven Central has as `tomcat-catalina`. */
function fullNameOf({ group, artifacts }: KnownArtifacts, { artifact }: FileName) {
  const full = `tomcat-${artifact}`;
  return group === 'org.apache.tomcat' && artifacts.test(full) ? full : undefined;
}

type FileName = ReturnType<typeof splitName>;

/** Whether the manifest says that it is this artifact; `undefined` when it says nothing of it. */
function isNamedBy(
  { names, group }: KnownArtifacts,
  artifact: string,
  manifest: Manifest,
): boolean | undefined {
  const said = Object.entries(names?.(artifact) ?? {}).flatMap(([attribute, expected]) => {
    const value = manifest[attribute]?.split(';singleton', 1)[0]?.trim();
    if (value === undefined) return [];
    return [typeof expected === 'string' ? value === expected : expected.test(value)];
  });
  if (said.some(Boolean)) return true;
  // Nothing that it says, or only of the standard that it implements.
  return said.length === 0 || group === 'org.apache.tomcat' ? undefined : false;
}

function projectOf(
  group: string,
  { artifact, version: inName }: FileName,
  manifest: Manifest,
  {
    isNamed,
    versionBy = 'Implementation-Version',
  }: {
    readonly isNamed: boolean;
    readonly versionBy?: 'Bundle-Version' | 'Implementation-Version' | undefined;
  },
): KnownProject | undefined {
  const name = `${group}:${artifact}`;
  if (inName === undefined) {
    const said = manifest[versionBy] ?? '';
    return isNamed && PLAIN.test(said) ? { name, version: said, isSure: true } : undefined;
  }
  if (!VERSION.test(inName)) return undefined;
  const said = [manifest['Implementation-Version'], manifest['Bundle-Version']].filter(
    (each) => each !== undefined,
  );
  const isSaid = said.length === 0 || said.some((each) => isSameVersion(each, inName));
  return { name, version: inName, isSure: isNamed && isSaid && !PRELIMINARY.test(inName) };
}

const VERSION = /^\d[\w.+-]{0,255}$/;

/** Groups change with major versions, and what came before one may be in either. */
const PRELIMINARY = /alpha|beta|[.-](?:cr|rc|m)\d/i;

const PLAIN = /^\d{1,6}(?:\.\d{1,6}){1,2}(?:\.Final|\.RELEASE)?$/;

/** Manifests add zeros (`1.68.00.0`), the build (`1.9.22-release-704`) or the commit behind a space. */
function isSameVersion(said: string, version: string): boolean {
  return (
    said.startsWith(version) && /^(?:(?:\.0+)*|-release-.*| .*)$/.test(said.slice(version.length))
  );
}

function isOfMajor({ majors }: KnownArtifacts, version: string): boolean {
  const major = Number.parseInt(version, 10);
  return majors === undefined || (major >= majors[0] && major <= majors[1]);
}
