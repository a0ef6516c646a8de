import { expect, it } from 'vitest';
import { examine, FunctionFailedError, type FunctionInvoker } from '../../actions/examine.ts';
import { passed } from '../../core/diagnosis/check-line.ts';

const functions = { 'list-deployments': 'arn:list', 'index-image': 'arn:index' };

it('hands what list-deployments knows to the others', async () => {
  const asked: unknown[] = [];
  const invoker: FunctionInvoker = {
    async invoke(name, event) {
      asked.push([name, event]);
      return { lines: [passed('a', 'b')], images: name === 'arn:list' ? ['r.example/a@x'] : [] };
    },
  };

  expect(await examine({ invoker, functions })).toEqual([
    { function: 'list-deployments', lines: [passed('a', 'b')] },
    { function: 'index-image', lines: [passed('a', 'b')] },
  ]);
  expect(asked).toEqual([
    ['arn:list', { selfCheck: { images: [] } }],
    ['arn:index', { selfCheck: { images: ['r.example/a@x'] } }],
  ]);
});

it('makes a line of a function that does not start, and examines the others', async () => {
  const invoker: FunctionInvoker = {
    async invoke(name) {
      if (name === 'arn:list')
        throw new FunctionFailedError('BadEnvironmentError', 'OBJECTS_BUCKET is missing');
      return { lines: [], images: [] };
    },
  };

  expect(await examine({ invoker, functions })).toEqual([
    {
      function: 'list-deployments',
      lines: [
        {
          subject: 'start',
          ok: false,
          detail: 'BadEnvironmentError: OBJECTS_BUCKET is missing',
          remedy: expect.stringContaining('deploy again'),
        },
      ],
    },
    { function: 'index-image', lines: [passed('start', 'starts')] },
  ]);
});

it('does not take an answer that is none for a healthy function', async () => {
  const invoker: FunctionInvoker = { invoke: async () => ({ batchItemFailures: [] }) };

  const [first] = await examine({ invoker, functions });

  expect(first?.lines).toEqual([expect.objectContaining({ subject: 'start', ok: false })]);
});
