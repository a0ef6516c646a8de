import type { Thread } from '../alert/alert.ts';
import { findReference, type ImageReference, parseReference } from '../image/reference.ts';
import { channelOf } from '../lineage/channel.ts';

/** What was asked tonight, and what of it failed. */
interface Asked {
  /** Threads that are open already. */
  readonly known: readonly Thread[];
  readonly scopes: readonly { readonly scope: string; readonly failure: string | null }[];
  readonly channels: readonly { readonly reference: string; readonly failure: string | null }[];
}

/**
 * Open threads of images whose channel nobody could ask for tonight, or could know of: whether the
 * image can be read by now, or is still pointed at, nobody has seen.
 */
export function hiddenImages({ known, scopes, channels }: Asked): string[] {
  const failures = new Map(
    channels.map(({ reference, failure }) => [channelOf(parseReference(reference)), failure]),
  );
  const unlisted = scopes.filter(({ failure }) => failure !== null).map(({ scope }) => scope);
  return known.flatMap(({ kind, subject, threadId }) => {
    // Problems are of scopes and registries too.
    const image = kind === 'problem' ? findReference(subject) : undefined;
    if (!image) return [];
    const failure = failures.get(channelOf(image));
    const isHidden = failure === undefined ? unlisted.includes(scopeOf(image)) : failure !== null;
    return isHidden ? [threadId] : [];
  });
}

/** The scope of a registry of ECR that is listed whole: `ecr/<region>`; of no other registry. */
function scopeOf({ registry }: ImageReference): string {
  const region = /\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(registry)?.[1];
  return `ecr/${region ?? ''}`;
}
