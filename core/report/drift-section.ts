import { PARTS } from '../drift/find-drifts.ts';
import { findPresent } from '../drift/find-present.ts';
import { isRead, type Observation } from '../drift/observation.ts';
import { digestText } from './digest-text.ts';
import { type Html, html } from './html.ts';
import type { ReportData } from './report-data.ts';
import { list, table } from './table.ts';
import { timeText } from './time-text.ts';

/** The newest moves of each watched tag that are shown. */
const MOVES_SHOWN = 40;

/** Each watched tag's moves, and what it holds now. */
export function driftSection({ run, observations }: ReportData): Html {
  const watched = [...Object.keys(run.looked), ...observations.map(({ image }) => image)];
  const images = [...new Set(watched)].sort();
  const sections = images.map((image) => {
    const series = observations.filter((each) => each.image === image);
    const moves = series.toReversed().slice(0, MOVES_SHOWN);
    const looked = run.looked[image];
    return html`${table(
      `Drift of ${image}`,
      ['Moved at', 'Platform', 'Digest', 'Python', 'libc', 'Packages'],
      moves.map(moveCells),
    )}
<p>${looked ? `Last looked at by a night: ${timeText(looked)}.` : 'No night could look at it yet.'}</p>
${list(presentLines(series))}`;
  });
  return html`${sections}`;
}

function moveCells(observation: Observation): string[] {
  const { at, platform, digest, platformDigest, python, libc, packagesChanged } = observation;
  const none = isRead(observation) ? 'none known' : 'not read';
  return [
    timeText(at),
    platform,
    digestText(digest, platformDigest),
    python?.version ?? none,
    libc ? `${libc.name} ${libc.version}` : none,
    packagesChanged ? packageText(packagesChanged) : isRead(observation) ? 'first seen' : none,
  ];
}

const NAMES = { python: 'Python', node: 'Node', java: 'Java', go: 'Go' } as const;

/** What each platform holds now: `linux/amd64: Python 3.14 since 2026-03-09 07:30 UTC`. */
function presentLines(series: readonly Observation[]): string[] {
  const platforms = new Set(series.filter(isRead).map(({ platform }) => platform));
  return [...platforms].sort().map((platform) => {
    const parts = PARTS.flatMap((part) => {
      const present = findPresent(series, platform, part);
      if (!present) return [];
      const { value, since, isOldest } = present;
      const name = part === 'libc' ? value : `${NAMES[part]} ${value}`;
      return [`${name} since ${timeText(since)}${isOldest ? ' or earlier' : ''}`];
    });
    return `${platform}: ${parts.join(', ') || 'neither Python nor a libc known'}`;
  });
}

function packageText({
  added,
  removed,
  changed,
}: NonNullable<Observation['packagesChanged']>): string {
  const parts = [
    ...added.map((each) => `+ ${each}`),
    ...removed.map((each) => `− ${each}`),
    ...changed,
  ];
  if (parts.length === 0) return 'the same packages';
  return parts.length > 6
    ? `${parts.slice(0, 6).join('; ')}; and ${parts.length - 6} more`
    : parts.join('; ');
}
