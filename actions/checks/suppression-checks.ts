import { passed } from '../../core/diagnosis/check-line.ts';
import type { SuppressionSource } from '../ports.ts';
import type { SelfCheck } from '../self-check.ts';
import { DEPLOY_AGAIN } from './deploy-again.ts';

const SUBJECT = 'suppressions';

/** Reads what is suppressed. */
export function checkSuppressions(source: SuppressionSource): SelfCheck {
  return {
    subject: SUBJECT,
    remedy: DEPLOY_AGAIN,
    async attempt() {
      const set = await source.read();
      if (!set) return [];
      return [passed(SUBJECT, `version ${set.version}: ${set.entries.length}`)];
    },
  };
}
