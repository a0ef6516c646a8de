import { isAtLeast, type Severity } from '../advisory/severity.ts';
import { isQuiet } from '../advisory/status.ts';
import type { Item } from '../lineage/lineage.ts';
import type { EndedSuppression } from './compare-lineage.ts';
import { joinMatter, type Matter, type Matters } from './matter.ts';

/** The matter of a vulnerability that an advisory brought, or says more of. */
export function advisoryMatter(
  matters: Matters,
  kind: Extract<Matter['kind'], 'disclosed' | 'exploited'>,
  subject: string,
): Matter {
  return joinMatter(matters, `${kind}|${subject}`, {
    kind,
    cause: 'advisory',
    subject,
    imageDigest: null,
    previousDigest: null,
  });
}

/** The matter of a vulnerability that was silenced, and is not any more. */
export function unsuppressedMatter(
  matters: Matters,
  subject: string,
  over: EndedSuppression,
): Matter {
  return joinMatter(matters, `unsuppressed|${subject}|${over.by.entry}`, {
    kind: 'unsuppressed',
    cause: 'suppression',
    subject,
    imageDigest: null,
    previousDigest: null,
    over,
  });
}

/** What is known to be exploited is told whatever its severity; what its publisher sees no danger in never else. */
export function weighsEnough({ severity, exploited, status }: Item, threshold: Severity): boolean {
  return exploited !== undefined || (!isQuiet(status) && isAtLeast(severity, threshold));
}
