import type { ElfFacts } from '../../image/file-facts.ts';

/** Whether a program says less of what it needs than there is: nothing follows from what is not there then. */
export function isUnread({ type, problems }: ElfFacts): boolean {
  return type === 'other' || problems !== undefined;
}
