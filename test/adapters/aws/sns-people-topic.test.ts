import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSnsClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createSnsPeopleTopic } from '../../../adapters/aws/sns-people-topic.ts';
import {
  createSnsSubscriptions,
  UncountedSubscriptionsError,
} from '../../../adapters/aws/sns-subscriptions.ts';
import { composeChat } from '../../../core/alert/chat-notification.ts';
import { composeMail } from '../../../core/alert/mail.ts';
import { startFormServer } from '../../support/form-server.ts';
import { aNotice, anAlert } from '../../support/state-builders.ts';

const ARN = 'arn:aws:sns:eu-west-1:123456789012:people';

const REPORT = 'https://reports.test/1';
const FRAME = { sender: 'Tidewatch (shop)', report: REPORT };

const PUBLISHED = `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
  <PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`;

describe('the people’s topic', () => {
  it.each([anAlert(), aNotice()])(
    'carries mail for all, and what a chat client renders',
    async (told) => {
      await using server = await startFormServer(() => ({ body: PUBLISHED }));

      await createSnsPeopleTopic({
        client: createSnsClient(server.options),
        topicArn: ARN,
        stack: 'shop',
      }).publish(told, REPORT);

      const [call] = server.calls;
      expect(Object.fromEntries(call ?? [])).toMatchObject({
        Action: 'Publish',
        TopicArn: ARN,
        MessageStructure: 'json',
        Subject: composeMail(told, FRAME).subject,
      });
      const bodies = JSON.parse(call?.get('Message') ?? '');
      expect(bodies.default).toBe(composeMail(told, FRAME).text);
      expect(JSON.parse(bodies.https)).toEqual(composeChat(told, FRAME));
    },
  );

  it('never sends more than SNS takes', async () => {
    await using server = await startFormServer(() => ({ body: PUBLISHED }));
    const topic = createSnsPeopleTopic({
      client: createSnsClient(server.options),
      topicArn: ARN,
      stack: null,
    });
    const text = fc
      .tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.integer({ min: 1, max: 60_000 }))
      .map(([unit, times]) => unit.repeat(times).slice(0, 300_000));

    await fc.assert(
      fc.asyncProperty(text, text, async (message, title) => {
        await topic.publish(anAlert({ message, title, remedy: title, subject: title }), null);
        const sent = server.calls.at(-1)?.get('Message') ?? '';
        expect(Buffer.byteLength(sent)).toBeLessThanOrEqual(262_144);
      }),
      { numRuns: 20 },
    );
  });
});

describe('subscriptions', () => {
  const counts = (count: string) =>
    `<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult>
      <Attributes><entry><key>SubscriptionsPending</key><value>1</value></entry>${count}</Attributes>
    </GetTopicAttributesResult></GetTopicAttributesResponse>`;
  const confirmed = (value: string) =>
    `<entry><key>SubscriptionsConfirmed</key><value>${value}</value></entry>`;

  it('are missing where none is confirmed, though one may be pending', async () => {
    await using server = await startFormServer((call) => ({
      body: counts(confirmed(call.get('TopicArn') === ARN ? '0' : '2')),
    }));
    const client = createSnsClient(server.options);
    const other = 'arn:aws:sns:eu-west-1:123456789012:operations';

    expect(await createSnsSubscriptions(client, [ARN, other]).missing()).toEqual(['people']);
    expect(await createSnsSubscriptions(client, []).missing()).toEqual([]);
  });

  it.each(['', confirmed('many')])(
    'are not guessed when SNS does not count them: %j',
    async (count) => {
      await using server = await startFormServer(() => ({ body: counts(count) }));

      await expect(
        createSnsSubscriptions(createSnsClient(server.options), [ARN]).missing(),
      ).rejects.toThrow(UncountedSubscriptionsError);
    },
  );
});
