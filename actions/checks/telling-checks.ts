import type { Notice } from '../../core/alert/alert.ts';
import { failed, passed } from '../../core/diagnosis/check-line.ts';
import type { NightExecutions, PeopleTopic, Subscriptions } from '../ports.ts';
import type { SelfCheck } from '../self-check.ts';
import { DEPLOY_AGAIN } from './deploy-again.ts';

/** Tells people that this is a test, and counts who listens. */
export function checkTopics({
  people,
  subscriptions,
}: {
  readonly people: PeopleTopic;
  readonly subscriptions: Subscriptions;
}): SelfCheck {
  return {
    subject: 'topics',
    remedy: DEPLOY_AGAIN,
    async attempt() {
      const missing = await subscriptions.missing();
      await people.publish(TEST_MESSAGE, null);
      return [
        passed('test message', 'published to the people’s topic'),
        ...(missing.length === 0
          ? [passed('subscriptions', 'each topic has a confirmed one')]
          : missing.map((topic) =>
              failed(
                `subscriptions of ${topic}`,
                'none is confirmed: nobody hears of anything',
                'Subscribe, and confirm by the link in the mail (README.md, Deploy).',
              ),
            )),
      ];
    },
  };
}

const TEST_MESSAGE: Notice = {
  kind: 'notice',
  alertId: 'self-check',
  title: 'Test message',
  message:
    'Test message: sent by the doctor, nothing is wrong. Whoever reads this will hear of what changes.',
};

/** Asks whether nights may be started, without starting one. */
export function checkExecutions(executions: Pick<NightExecutions, 'tryStart'>): SelfCheck {
  return {
    subject: 'nights',
    remedy: DEPLOY_AGAIN,
    async attempt() {
      await executions.tryStart();
      return [passed('nights', 'may be started')];
    },
  };
}
