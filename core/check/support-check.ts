import { fail, pass, unknown, type Verdict } from './image-check.ts';
import type { ReadCheck } from './read-check.ts';
import { judgePart, type PartVerdict } from './support/judge-part.ts';
import { type SupportedPart, supportedParts } from './support/supported-parts.ts';

/** Whether what the image is built on still gets security fixes, on the day on which somebody asks. */
export const supportCheck: ReadCheck = {
  id: 'support',
  kind: 'advice',

  run(inventory, { at }) {
    return judgeSupport(supportedParts(inventory), at);
  },
};

/** As the check says it of an image with these parts. */
export function judgeSupport(parts: readonly SupportedPart[], at: string): Verdict {
  const judged = parts.map((part) => ({ part, verdict: judgePart(part, at) }));
  const ends = judged.flatMap(({ part, verdict }) => describeEnd(part, verdict));
  if (ends.length > 0) {
    return fail(`${ends.map(({ text }) => text).join('; ')}.`, ends[0]?.source ?? null);
  }
  const open = judged.flatMap(({ part, verdict }) =>
    verdict.state === 'unknown' ? [`${part.name} ${verdict.why}`] : [],
  );
  if (open.length > 0) return unknown(`It is not known until when: ${open.join('; ')}.`);
  return describeSupport(judged);
}

function describeEnd(part: SupportedPart, verdict: PartVerdict) {
  if (verdict.state !== 'ending' && verdict.state !== 'ended') return [];
  const { name } = part;
  const { until, release, source } = verdict.date;
  const text =
    verdict.state === 'ended'
      ? `Support of ${name} ended on ${until}${release === part.release ? '' : ' or before'}`
      : `Support of ${name} ends on ${until}, in ${verdict.days === 1 ? '1 day' : `${verdict.days} days`}`;
  return [{ text, source }];
}

interface JudgedPart {
  readonly part: SupportedPart;
  readonly verdict: PartVerdict;
}

function describeSupport(judged: readonly JudgedPart[]): Verdict {
  const [first] = judged
    .flatMap(({ part: { name }, verdict }) =>
      verdict.state === 'supported' ? [{ name, ...verdict.date }] : [],
    )
    .sort((left, right) => (left.until < right.until ? -1 : 1));
  if (!first) return pass('Has nothing whose support ends some day.');
  const floor = first.atLeast ? ' at least' : '';
  return pass(`Supported until ${first.until}${floor} (${first.name}).`);
}
