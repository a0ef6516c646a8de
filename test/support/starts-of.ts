import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environmentOf, type FunctionHostOptions } from '../../assembly/runtime/function-host.ts';
import type { FunctionModel } from '../../assembly/template/stack-model.ts';

/**
 * What a function's bundle says when it is started with these variables and those that Lambda sets, in
 * turn: `started`, or what it failed with. One process for all, of which each start costs a third.
 */
export async function startsOf(
  model: FunctionModel,
  variables: readonly FunctionModel['variables'][],
  place: FunctionHostOptions['place'],
): Promise<readonly string[]> {
  const environments = variables.map((each) =>
    environmentOf({ ...model, variables: each }, { place, endpoints: {} }),
  );
  const child = fork(new URL('./start-again.ts', import.meta.url), {
    env: environments[0] ?? {},
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process of ${model.logicalId} ended with ${code}`);
  });
  child.send({ file: join(model.code, 'index.mjs'), environments });
  const [came] = await Promise.race([once(child, 'message'), ended]);
  await ended.catch(() => undefined);
  return came;
}
