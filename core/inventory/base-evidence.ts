import { type Digest, isDigest } from '../image/digest.ts';
import type { ImageConfig } from '../image/manifest.ts';

/** Claims of one image that are kept; builders write one or two. */
const CLAIMS_AT_MOST = 16;
/** Characters of a name that are kept. */
const NAME_LENGTH = 300;

/** OCI image-spec annotations.md; some builders write them as labels of the config. */
const BASE_NAME = 'org.opencontainers.image.base.name';
const BASE_DIGEST = 'org.opencontainers.image.base.digest';

/** What an image, or what was made with it, says that it was built on. Nobody has checked it. */
export interface BaseClaim {
  readonly from: 'manifest' | 'index' | 'labels' | 'provenance';
  /** As it stands there. */
  readonly name: string | null;
  readonly digest: Digest | null;
}

/** The lowest layers of an image that apko made: an image of apko's is all of them, one built on it begins with them. */
export interface ApkoRun {
  readonly layers: number;
  /** Of `python by Chainguard`; `null` where apko was told no names. */
  readonly name: string | null;
  readonly vendor: string | null;
  /** RFC 3339, the same for all of them. */
  readonly created: string | null;
}

/** What of an image tells what it was built on, besides its layers and its packages. */
export interface BaseEvidence {
  readonly claims: readonly BaseClaim[];
  readonly apko: ApkoRun | null;
}

/** Where such things stand. */
export interface BaseSources {
  readonly config: ImageConfig;
  /** Of the platform's manifest. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Of the index that it was read from. */
  readonly indexAnnotations?: Readonly<Record<string, string>> | undefined;
  /** What an attached provenance names as built upon. */
  readonly materials?: readonly BaseClaim[] | undefined;
}

/** Gathers what tells the base of an image; `undefined` where nothing does. */
export function readBaseEvidence(sources: BaseSources): BaseEvidence | undefined {
  const { config, annotations = {}, indexAnnotations = {}, materials = [] } = sources;
  const claims = [
    ...claimOf('manifest', annotations),
    ...claimOf('index', indexAnnotations),
    ...claimOf('labels', config.config?.Labels ?? {}),
    ...materials,
  ].slice(0, CLAIMS_AT_MOST);
  const apko = readApkoRun(config);
  return claims.length > 0 || apko ? { claims, apko } : undefined;
}

function claimOf(
  from: BaseClaim['from'],
  annotations: Readonly<Record<string, string>>,
): BaseClaim[] {
  const name = annotations[BASE_NAME]?.slice(0, NAME_LENGTH) || null;
  const said = annotations[BASE_DIGEST] ?? '';
  const digest = isDigest(said) ? said : null;
  return name !== null || digest !== null ? [{ from, name, digest }] : [];
}

/** One entry a layer, made by `apko`, its comment the title and the vendor (apko, pkg/build/oci/image.go). */
function readApkoRun({ history, rootfs }: ImageConfig): ApkoRun | null {
  const filled = (history ?? []).filter((each) => each.empty_layer !== true);
  const end = filled.findIndex((each) => each.created_by !== 'apko');
  const run = end < 0 ? filled : filled.slice(0, end);
  const [first] = run;
  // A history that does not fit the layers says nothing of them.
  if (!first || filled.length !== rootfs.diff_ids.length) return null;
  const names = /^(?<name>.+) by (?<vendor>.+)$/.exec(first.comment ?? '')?.groups;
  return {
    layers: run.length,
    name: names?.name?.slice(0, NAME_LENGTH) ?? null,
    vendor: names?.vendor?.slice(0, NAME_LENGTH) ?? null,
    created: first.created?.slice(0, NAME_LENGTH) ?? null,
  };
}
