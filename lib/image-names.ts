/**
 * The grammar of `registry/repository` and of a tag, as the functions read them
 * (OCI distribution-spec v1.1, "Pulling manifests"): what a configuration may name, they can ask for.
 */
const PART = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const HOST = '(?=[^/]*[.:])[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d+)?';
const REPOSITORY = `${HOST}/${PART}(?:/${PART})*`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}';
const DIGEST = '@sha256:[0-9a-f]{64}';

/** `registry/repository:tag` */
export const TAGGED_IMAGE = new RegExp(`^${REPOSITORY}:${TAG}$`);

/** The same, with `*` in its tag for any characters or none, or one with a digest. */
export const DEPLOYED_IMAGE = new RegExp(
  `^${REPOSITORY}(?::${TAG}(?:${DIGEST})?|:[\\w.*-]{0,127}\\*[\\w.*-]{0,127}(?<=:[\\w.*-]{1,128})|${DIGEST})$`,
);
