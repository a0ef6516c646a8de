import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLambdaClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createLambdaNightExecutions } from '../../../adapters/aws/lambda-night-executions.ts';
import {
  executionName,
  INSTALLATION_LIMIT,
  InvalidExecutionNameError,
} from '../../../core/run/execution-name.ts';
import { MalformedNightEventError } from '../../../lambda/shared/night-event.ts';
import { handleStartNight } from '../../../lambda/start-night/handle.ts';
import { type AwsCall, startAwsServer } from '../../support/aws-server.ts';

const RUN_NIGHT = 'arn:aws:lambda:eu-west-1:123456789012:function:RunNight:live';

/** Lambda, as far as it starts durable executions: by name, once. */
async function startLambda() {
  const executions = new Map<string, string>();
  const server = await startAwsServer(({ headers, input }: AwsCall) => {
    const name = String(headers['x-amz-durable-execution-name']);
    const payload = JSON.stringify(input);
    const known = executions.get(name);
    if (known !== undefined && known !== payload) {
      return { error: 'DurableExecutionAlreadyStartedException', status: 409 };
    }
    executions.set(name, payload);
    return { output: {}, status: 202, headers: { 'x-amz-durable-execution-arn': `arn:${name}` } };
  });
  const start = handleStartNight({
    executions: createLambdaNightExecutions({
      client: createLambdaClient(server.options),
      functionArn: RUN_NIGHT,
    }),
    installation: 'Tidewatch',
    log: { info() {}, warn() {} },
  });
  return { server, executions, start, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('a night is started', () => {
  it('under a name of its installation, time and attempt, and nobody waits for it', async () => {
    await using lambda = await startLambda();

    expect(await lambda.start({ scheduledTime: '2026-03-09T02:00:00Z' })).toEqual({
      name: 'Tidewatch-20260309T020000000Z-1',
      execution: 'arn:Tidewatch-20260309T020000000Z-1',
    });

    const [call] = lambda.server.calls;
    expect(call?.name).toBe(`POST /2015-03-31/functions/${RUN_NIGHT}/invocations`);
    expect(call?.headers['x-amz-invocation-type']).toBe('Event');
    expect(call?.input).toEqual({ scheduledTime: '2026-03-09T02:00:00.000Z' });
  });

  it('once, though its event comes twice, or somebody writes the time otherwise', async () => {
    await using lambda = await startLambda();
    const first = await lambda.start({ scheduledTime: '2026-03-09T02:00:00Z' });

    expect(await lambda.start({ scheduledTime: '2026-03-09T02:00:00Z' })).toEqual(first);
    expect(await lambda.start({ scheduledTime: '2026-03-09T03:00:00+01:00', attempt: 1 })).toEqual(
      first,
    );
    expect(lambda.executions.size).toBe(1);
  });

  it('again by whoever says that it is another attempt, at the same night', async () => {
    await using lambda = await startLambda();
    await lambda.start({ scheduledTime: '2026-03-09T02:00:00Z' });
    await lambda.start({ scheduledTime: '2026-03-09T02:00:00Z', attempt: 2 });

    expect([...lambda.executions.keys()]).toEqual([
      'Tidewatch-20260309T020000000Z-1',
      'Tidewatch-20260309T020000000Z-2',
    ]);
    expect(new Set(lambda.executions.values()).size).toBe(1);
  });

  it.each([
    {},
    { scheduledTime: 'tonight' },
    { scheduledTime: '2026-03-09T02:00:00Z', attempt: 0 },
    { scheduledTime: '2026-03-09T02:00:00Z', attempt: 1000 },
    { scheduledTime: '2026-03-09T02:00:00Z', atempt: 2 },
  ])('not by %j', async (event) => {
    await using lambda = await startLambda();

    await expect(lambda.start(event)).rejects.toThrow(MalformedNightEventError);
    expect(lambda.server.calls).toEqual([]);
  });

  it('or its failure is seen', async () => {
    await using server = await startAwsServer(() => ({
      error: 'AccessDeniedException',
      status: 403,
    }));
    const executions = createLambdaNightExecutions({
      client: createLambdaClient(server.options),
      functionArn: RUN_NIGHT,
    });

    await expect(executions.start('a', '2026-03-09T02:00:00.000Z')).rejects.toThrow('refused');
  });
});

describe('the name of an execution', () => {
  it('is one for Lambda, whatever the installation, night and attempt are', () => {
    const installations = fc.stringMatching(/^[a-zA-Z0-9_-]+$/, { maxLength: INSTALLATION_LIMIT });
    const times = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') });
    const attempts = fc.integer({ min: 1, max: 999 });
    void fc.assert(
      fc.property(installations, times, attempts, (installation, time, attempt) => {
        expect(executionName(installation, time.toISOString(), attempt)).toMatch(
          /^[a-zA-Z0-9-_]{1,64}$/,
        );
      }),
    );
  });

  it.each(['a b', 'ä', 'x'.repeat(41), ''])('is refused for an installation called %j', (name) => {
    const make = () => executionName(name || '/', '2026-03-09T02:00:00.000Z', 999);
    expect(make).toThrow(InvalidExecutionNameError);
  });
});
