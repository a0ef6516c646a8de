import { PackageURL } from 'packageurl-js';
import * as z from 'zod';
import { normaliseName } from '../advisory/normalise-name.ts';

/** Entries of one document that are read; more is none of an image. */
const ENTRIES_AT_MOST = 50_000;
/** How deep components may lie in components. */
const DEPTH_AT_MOST = 16;

/** A document that is no bill of materials, or of a kind that is not read. */
export class InvalidSbomError extends Error {
  override readonly name = 'InvalidSbomError';

  constructor(reason: string) {
    super(`no bill of materials that can be read: ${reason}`);
  }
}

/** A package as a document or an inventory names it, written alike. */
export interface ListedPackage {
  /** Of its purl. */
  readonly type: string;
  /** With its namespace where that is part of the name (`@scope/name`, `group/artifact`). */
  readonly name: string;
  /** With an epoch where it is not 0; empty where none is said. */
  readonly version: string;
}

/** What of a bill of materials is compared with an image. */
export interface SbomDocument {
  readonly format: 'spdx' | 'cyclonedx';
  /** As it stands there, cut. */
  readonly name: string;
  /** Those that can be installed in an image; each once. */
  readonly packages: readonly ListedPackage[];
}

/** The types of packages that an inventory may have. */
const TYPES = new Set(['apk', 'deb', 'rpm', 'pypi', 'golang', 'npm', 'cargo', 'maven']);

/** Types whose namespace is the distribution or vendor, which writers name differently: `wolfi`, `chainguard`. */
const OS_TYPES = new Set(['apk', 'deb', 'rpm']);

/** SPDX 2.2 and 2.3 (https://spdx.github.io/spdx-spec/v2.3/), only what is needed. */
const Spdx = z.object({
  spdxVersion: z.string().regex(/^SPDX-2\.[23]$/, 'expected SPDX-2.2 or SPDX-2.3'),
  name: z.string().default(''),
  packages: z
    .array(
      z.object({
        externalRefs: z
          .array(z.object({ referenceType: z.string(), referenceLocator: z.string() }))
          .default([]),
      }),
    )
    .max(ENTRIES_AT_MOST)
    .default([]),
});

/** CycloneDX (https://cyclonedx.org/docs/1.6/json/), only what is needed. */
const CycloneDx = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  metadata: z
    .object({ component: z.object({ name: z.string().default('') }).optional() })
    .optional(),
  components: z.array(z.unknown()).max(ENTRIES_AT_MOST).default([]),
});

const Component = z.object({
  purl: z.string().optional(),
  components: z.array(z.unknown()).optional(),
});

/** Reads SPDX 2 or CycloneDX as JSON. @throws InvalidSbomError */
export function readSbom(json: unknown): SbomDocument {
  const isSpdx = z.object({ spdxVersion: z.unknown() }).safeParse(json).data?.spdxVersion;
  if (isSpdx !== undefined) {
    const { name, packages } = parseAs(Spdx, json);
    const purls = packages.flatMap(({ externalRefs }) =>
      externalRefs.flatMap((each) =>
        each.referenceType === 'purl' ? [each.referenceLocator] : [],
      ),
    );
    return { format: 'spdx', name: cut(name), packages: listOnce(purls) };
  }
  if (z.object({ bomFormat: z.unknown() }).safeParse(json).success) {
    const { metadata, components } = parseAs(CycloneDx, json);
    const name = cut(metadata?.component?.name ?? '');
    return { format: 'cyclonedx', name, packages: listOnce(purlsOf(components)) };
  }
  throw new InvalidSbomError('neither SPDX nor CycloneDX');
}

/** A purl as packages are compared; `undefined` for what no image has installed, and for what is no purl. */
export function listedPackage(text: string): ListedPackage | undefined {
  const purl = parsePurl(text);
  if (!purl?.name || !TYPES.has(purl.type)) return undefined;
  const { type, namespace, qualifiers } = purl;
  const version = purl.version ?? '';
  if (OS_TYPES.has(type)) {
    const epoch = qualifiers?.epoch;
    const whole = epoch !== undefined && !version.includes(':') ? `${epoch}:${version}` : version;
    return { type, name: purl.name, version: whole.replace(/^0:/, '') };
  }
  const name = namespace ? `${namespace}/${purl.name}` : purl.name;
  if (type === 'pypi') return { type, name: normaliseName('PyPI', name), version };
  // Some writers leave out the `v` of a module's version.
  return { type, name, version: type === 'golang' ? version.replace(/^v/, '') : version };
}

function parsePurl(text: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(text);
  } catch {
    return undefined;
  }
}

function purlsOf(components: readonly unknown[]): string[] {
  const purls: string[] = [];
  let count = 0;
  let level = components;
  for (let depth = 0; depth < DEPTH_AT_MOST && level.length > 0; depth++) {
    count += level.length;
    if (count > ENTRIES_AT_MOST) {
      throw new InvalidSbomError(`more than ${ENTRIES_AT_MOST} components`);
    }
    const read = level.map((each) => parseAs(Component, each));
    purls.push(...read.flatMap(({ purl }) => purl ?? []));
    level = read.flatMap((each) => each.components ?? []);
  }
  if (level.length > 0) throw new InvalidSbomError(`components deeper than ${DEPTH_AT_MOST}`);
  return purls;
}

function listOnce(purls: readonly string[]): ListedPackage[] {
  const listed = new Map<string, ListedPackage>();
  for (const purl of purls) {
    const each = listedPackage(purl);
    if (each) listed.set(`${each.type} ${each.name} ${each.version}`, each);
  }
  return [...listed.values()];
}

function parseAs<Schema extends z.ZodType>(schema: Schema, json: unknown): z.output<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InvalidSbomError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function cut(name: string): string {
  return name.slice(0, 300);
}
