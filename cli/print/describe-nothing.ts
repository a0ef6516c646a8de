import type { ExplainAnswer } from '../../actions/explain/explained.ts';
import type { Resolved } from '../../actions/explain/find-resolved.ts';
import type { KnownId, NothingFound } from '../../actions/explain/nothing-found.ts';
import { counted, limited } from '../../core/alert/compose-alert.ts';
import { CHECK_MEANINGS } from '../../core/check/check-meanings.ts';
import { describeLineage } from '../../core/lineage/channel.ts';

/** Why there is nothing to explain, a paragraph a fact. */
export function describeNothing(answer: ExplainAnswer, nothing: NothingFound): string[] {
  const { id } = answer;
  switch (nothing.kind) {
    case 'no-night':
      return [
        `${id} is not judged yet: no night was committed, so there are no advisories to judge by.`,
      ];
    case 'no-image':
      return notThere('image', 'runs, is pushed or watched', nothing);
    case 'unknown':
      return [unknownText(nothing)];
    case 'no-workload':
      return notThere('workload', 'was seen', nothing);
    case 'no-package': {
      const images = nothing.images === 1 ? 'the image' : `the ${nothing.images} images`;
      return [
        `${id} is no finding: no package ${JSON.stringify(nothing.asked)} is in ${images} looked at${like(nothing.similar)}.`,
        ...hidingText(answer),
      ];
    }
    case 'not-known':
      return [
        notKnownText(id, nothing, noFeeds(answer)),
        ...hidingText(answer),
        ...(nothing.elsewhere.length > 0 ? [elsewhereText(nothing.elsewhere)] : []),
        ...(nothing.resolved ? [resolvedText(nothing.resolved)] : []),
        ...(nothing.left > 0
          ? [
              `${counted(nothing.left, 'image')} more could not be looked into: this version of Tidewatch has not read them yet.`,
            ]
          : []),
        // What is found elsewhere has a record, under whichever id; which ecosystems are missing is said.
        ...(nothing.elsewhere.length > 0 ? [] : describeKnown(id, { ...nothing, uncovered: [] })),
      ];
  }
}

/** Nobody looks for what is not listed: no finding there is no word about it. */
function hidingText({ problems = [] }: ExplainAnswer): string[] {
  return problems.length === 0 ? [] : ['What the problems below name may hide it.'];
}

type Unknown = Extract<NothingFound, { readonly kind: 'unknown' }>;

function unknownText({ asked, what, similar }: Unknown): string {
  const name = JSON.stringify(asked);
  switch (what) {
    case 'check':
      return `no check is called ${name}${like(similar)}: there are ${[...CHECK_MEANINGS.keys()].join(', ')}`;
    case 'thread':
      return `no thread ${name} is open, and the nights that are looked through told none${like(similar)}`;
    case 'package':
      return `no package ${name} is in the images looked at${like(similar)}`;
    case null:
      return `nothing is known by the name ${name}, no vulnerability, package, check or thread${like(similar)}`;
  }
}

type NotKnown = Extract<NothingFound, { readonly kind: 'not-known' }>;

/** Why nothing is known at all; `null` where there are advisories. */
function noFeeds({ feeds, night }: ExplainAnswer): string | null {
  if (feeds.length > 0) return null;
  return night === null ? 'no advisories were given' : 'no feed of advisories is enabled';
}

/** What nobody has advisories about is never called clean. */
function notKnownText(
  id: string,
  { packages, images, unmatched, uncovered, similar }: NotKnown,
  none: string | null,
): string {
  const all = `${counted(packages, 'package')} in ${counted(images, 'image')}`;
  const noFeed =
    none ?? `no feed of advisories speaks of ${uncovered.map(ecosystemText).join(', ')}`;
  if (unmatched === 0) {
    return `${id} is no finding: no advisory about ${all} names it${like(similar)}.`;
  }
  if (unmatched === packages) {
    return `Whether ${id} affects ${all} is not known: ${noFeed}${like(similar)}.`;
  }
  return `${id} is no finding in ${packages - unmatched} of ${all}: no advisory about them names it${like(similar)}. Whether it affects the rest is not known: ${noFeed}.`;
}

function elsewhereText(lineages: readonly string[]): string {
  return `Outside of what was asked about it is a finding of ${limited(lineages.map(describeLineage), 5).join(', ')}.`;
}

function resolvedText({ night, threadId, title }: Resolved): string {
  return `The night of ${night} told its end, under thread ${threadId.slice(0, 8)}: ${title}.`;
}

function notThere(
  what: string,
  how: string,
  { asked, similar }: { readonly asked: string; readonly similar: readonly string[] },
): string[] {
  return [`no ${what} ${JSON.stringify(asked)} ${how}${like(similar)}`];
}

function like(similar: readonly string[]): string {
  return similar.length === 0 ? '' : ` (did you mean ${similar.join(' or ')}?)`;
}

/** What is known of an id that no advisory names for the packages in question. */
export function describeKnown(id: string, { recordIn, details, uncovered }: KnownId): string[] {
  const about = details.map(({ feed, details: { title, severity, exploited } }) => {
    const kev = exploited ? ', known to be exploited' : '';
    return `The feed ${feed} knows it: ${title ?? id} (${severity}${kev}). It says nothing of packages.`;
  });
  return [
    ...about,
    ...(recordIn.length > 0
      ? [`There is such a record in ${recordIn.join(', ')}: it is about other packages.`]
      : about.length === 0
        ? [
            'No record has this id, and none about these packages names it as an alias; one about others may.',
          ]
        : []),
    ...(uncovered.length > 0
      ? [
          `No feed speaks of ${uncovered.map(ecosystemText).join(', ')}: of these packages nothing is known.`,
        ]
      : []),
  ];
}

function ecosystemText(ecosystem: string): string {
  return ecosystem === '' ? 'the distribution' : ecosystem;
}
