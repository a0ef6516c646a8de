import type { AlertText } from '../alert/compose-alert.ts';

/** What to do about a registry that does not let itself be read. */
export const DENIED_REMEDY =
  'Give Tidewatch the right to read it: for ECR of another account or region ecrRegistries and a policy of the repository, elsewhere credentials';

const ASSUMED =
  'What was there is assumed to be there still; nothing of it is resolved until it is seen.';

/** Words a scope or a registry that could not be seen; the failure is an error's name and message. */
export function describeUnseen(subject: string, failure: string): AlertText {
  return {
    kind: 'problem',
    severity: 'none',
    cause: 'inventory',
    title: `Could not see ${subject}`,
    remedy: failure.startsWith('AccessDeniedError') ? `${DENIED_REMEDY}. ${ASSUMED}` : ASSUMED,
    subject,
    lineages: [],
    details: [failure],
  };
}
