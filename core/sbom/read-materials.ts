import { PackageURL } from 'packageurl-js';
import * as z from 'zod';
import { isDigest } from '../image/digest.ts';
import type { BaseClaim } from '../inventory/base-evidence.ts';

/** Materials of one build that are looked at; a large build has some thousand files. */
const MATERIALS_AT_MOST = 10_000;

/** What BuildKit fetches to build with, and does not build upon. */
const TOOLS = /^(?:docker\.io\/)?docker\/(?:dockerfile|buildkit)/;

const Material = z.object({
  uri: z.string(),
  digest: z.record(z.string(), z.string()).default({}),
});

/** SLSA provenance 0.2 and 1 (https://slsa.dev/spec), only what was built from. */
const Provenance = z.object({
  materials: z.array(Material).max(MATERIALS_AT_MOST).optional(),
  buildDefinition: z
    .object({ resolvedDependencies: z.array(Material).max(MATERIALS_AT_MOST).optional() })
    .optional(),
});

/** Whether a predicate is a provenance that is read. */
export function isProvenance(predicateType: string): boolean {
  return /^https:\/\/slsa\.dev\/provenance\/v(?:0\.2|1(?:\.\d+)?)$/.test(predicateType);
}

/**
 * The images that a build was made from, as its provenance says: of a build with stages those of all stages.
 * `undefined` for a predicate that is no provenance.
 */
export function readMaterials(predicate: unknown): BaseClaim[] | undefined {
  const provenance = Provenance.safeParse(predicate).data;
  if (!provenance) return undefined;
  const { materials = [], buildDefinition } = provenance;
  const all = [...materials, ...(buildDefinition?.resolvedDependencies ?? [])];
  return all.flatMap(({ uri, digest }) => {
    const image = imageOf(uri);
    if (!image || TOOLS.test(image.name)) return [];
    const said = image.digest ?? `sha256:${digest.sha256 ?? ''}`;
    return [{ from: 'provenance', name: image.name, digest: isDigest(said) ? said : null }];
  });
}

/** `pkg:docker/cgr.dev/chainguard/python@latest?platform=…` (BuildKit), `docker-image://…` or an OCI purl. */
function imageOf(
  uri: string,
): { readonly name: string; readonly digest: string | undefined } | undefined {
  if (uri.startsWith('docker-image://')) {
    const [name = '', digest] = uri.slice('docker-image://'.length).split('@');
    return { name, digest };
  }
  if (!/^pkg:(?:docker|oci)\//.test(uri)) return undefined;
  try {
    const { type, namespace, name, version, qualifiers } = PackageURL.fromString(uri);
    const repository = namespace ? `${namespace}/${name}` : name;
    if (type === 'oci') {
      return { name: qualifiers?.repository_url ?? repository, digest: version ?? undefined };
    }
    if (version?.startsWith('sha256:')) return { name: repository, digest: version };
    return {
      name: version ? `${repository}:${version}` : repository,
      digest: qualifiers?.digest,
    };
  } catch {
    return undefined;
  }
}
