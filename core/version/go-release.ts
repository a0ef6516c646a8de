/** The numbers that every Go release begins with; a beta or a candidate of one; what builders append. */
const RELEASE =
  /^(?:go)?(?<numbers>\d+(?:\.\d+){1,2})(?:(?<stage>beta|rc)(?<number>\d+))?(?:[ +(-].*)?$/;

/**
 * The version of Go's standard library as advisories write it (`1.21.0-rc.2`), from what a
 * binary says of its toolchain (`go1.21rc2`). What builders append, experiments
 * (`1.25.4 X:boringcrypto`, `1.26.0-X:synctest`), `-fips`, ` (Red Hat 1.26.5-1.el10)`, is no part
 * of it: read as a pre-release it would be below the release. `null` for `devel …`, which is none.
 */
export function goRelease(text: string): string | null {
  const { numbers, stage, number } = RELEASE.exec(text.trim())?.groups ?? {};
  if (numbers === undefined) return null;
  const release = numbers.split('.').length < 3 ? `${numbers}.0` : numbers;
  // https://pkg.go.dev/golang.org/x/vuln/internal/semver, GoTagToSemver.
  return stage === undefined ? release : `${release}-${stage}.${number}`;
}
