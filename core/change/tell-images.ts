import type { AlertText } from '../alert/compose-alert.ts';
import type { Digest } from '../image/digest.ts';
import { DENIED_REMEDY } from './tell-unseen.ts';

/** An image that could not be read, and who runs it or points at it. */
export interface UnreadImage {
  /** Its digest, where nobody knows more. */
  readonly reference: string;
  readonly digest: Digest;
  /** Name of the error. */
  readonly error: string;
  readonly reason: string;
  readonly lineages: readonly string[];
}

/** An image that was read long ago, runs, and is not in its registry any more. */
export interface GoneImage {
  /** `registry/repository:tag`, as deployed. */
  readonly reference: string;
  readonly digest: Digest;
  /** Of the workloads that run it. */
  readonly lineages: readonly string[];
}

/** What an unread image is, for its hash. */
export function unreadMatter({ digest }: Pick<UnreadImage, 'digest'>): readonly unknown[] {
  return ['problem', 'image', digest];
}

/** What an image that is gone is, for its hash. */
export function goneMatter({
  reference,
  digest,
}: Pick<GoneImage, 'reference' | 'digest'>): readonly unknown[] {
  return ['problem', 'gone', repositoryOf(reference), digest];
}

/** Words an image that could not be read: what to do depends on who said no. */
export function describeUnread(image: UnreadImage): AlertText {
  const { reference, digest, reason, lineages } = image;
  return {
    ...problem(reference, lineages),
    ...wordsOf(image),
    details: [reference === digest ? digest : `${reference}@${digest}`, reason],
  };
}

/** Words an image that runs from copies alone. */
export function describeGone({ reference, digest, lineages }: GoneImage): AlertText {
  return {
    ...problem(reference, lineages),
    title: `Runs, but is gone from its registry: ${reference}`,
    remedy:
      'Push it again or deploy one that is there, before a task, pod or function has to pull it; see whether a lifecycle policy took it.',
    details: [
      `${reference}@${digest}`,
      'it was read while it was there: what is known of it goes on to be matched every night',
    ],
  };
}

function wordsOf({ reference, error }: UnreadImage): Pick<AlertText, 'title' | 'remedy'> {
  switch (error) {
    case 'ImageNotFoundError':
      return {
        title: `Could not read ${reference}: gone from its registry (${error})`,
        remedy:
          'Push it again, or deploy one that is there: until then it counts as unknown, not as clean, and nothing can pull it anew.',
      };
    case 'AccessDeniedError':
      return {
        title: `Could not read ${reference}: its registry does not allow it (${error})`,
        remedy: `${DENIED_REMEDY}. Until then it counts as unknown, not as clean.`,
      };
    default:
      return {
        title: `Could not read ${reference}: ${error}`,
        remedy:
          'Until it can be read it counts as unknown, not as clean: see why, or push it again.',
      };
  }
}

function problem(
  subject: string,
  lineages: readonly string[],
): Pick<AlertText, 'kind' | 'severity' | 'cause' | 'subject' | 'lineages'> {
  return { kind: 'problem', severity: 'none', cause: 'inventory', subject, lineages };
}

/** Whatever the tag is: the same digest may be deployed by several. */
function repositoryOf(reference: string): string {
  return reference.replace(/:[^:/]*$/, '');
}
