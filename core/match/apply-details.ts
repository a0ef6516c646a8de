import type { Details } from '../advisory/details.ts';
import type { Finding } from './finding.ts';

/** What a details feed says of a vulnerability. */
export interface FeedDetails {
  readonly feed: string;
  readonly details: Details;
}

/** Ids of a finding that details are kept by: CVE ids before those of GitHub, its own before its aliases. */
export function detailIds({ id, aliases }: Finding): string[] {
  const ids = [id, ...aliases];
  return ['CVE-', 'GHSA-'].flatMap((kind) => ids.filter((each) => each.startsWith(kind)));
}

/**
 * Adds to a finding what details feeds say of its ids: a severity where its own
 * advisories gave none, a title, and that it is known to be exploited. Without any of
 * these it stays as it is.
 */
export function applyDetails(
  finding: Finding,
  detailsOf: (id: string) => readonly FeedDetails[],
): Finding {
  const known = detailIds(finding).flatMap(detailsOf);
  if (known.length === 0) return finding;
  const rated = known.find(({ details }) => details.severity !== 'unrated');
  const about = known.find(({ details }) => details.title !== null)?.details.title;
  const exploited = known.find(({ details }) => details.exploited !== null);
  return {
    ...finding,
    ...(finding.severity === 'unrated' && rated && ratingOf(rated)),
    ...(about && { about }),
    ...(exploited?.details.exploited && {
      exploited: { ...exploited.details.exploited, feed: exploited.feed },
    }),
  };
}

function ratingOf({ feed, details }: FeedDetails): Pick<Finding, 'severity' | 'ratedBy'> {
  return {
    severity: details.severity,
    ratedBy: { who: details.ratedBy ?? feed, feed },
  };
}
