import { counted, plain } from '../../core/alert/compose-alert.ts';
import { MalformedEventError, parsePushEvent } from '../../core/image/push-event.ts';

/** How many messages were given up and, of ECR's events, which repositories they were about. */
export function describeDeadLetters(bodies: readonly string[]): string {
  const repositories = [...new Set(bodies.flatMap(repositoryOf))].sort();
  const pushes = repositories.length > 0 ? `, pushes to ${repositories.join(', ')}` : '';
  return `${counted(bodies.length, 'dead letter')}, given up by the queues${plain(pushes)}.`;
}

function repositoryOf(body: string): string[] {
  try {
    const push = parsePushEvent(body);
    return push ? [push.repository] : [];
  } catch (error) {
    if (error instanceof MalformedEventError) return [];
    throw error;
  }
}
