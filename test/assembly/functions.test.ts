import { describe, expect, inject, it } from 'vitest';
import { createFunctionHost } from '../../assembly/runtime/function-host.ts';
import { readAssembly } from '../../assembly/template/read-assembly.ts';
import { resolveTemplate } from '../../assembly/template/resolve-template.ts';
import { type FunctionModel, readStack } from '../../assembly/template/stack-model.ts';
import { startsOf } from '../support/starts-of.ts';

/** Variables that a function starts without, and why they are set. */
const NOT_MISSED: Readonly<Record<string, string>> = {
  NODE_OPTIONS: 'Node reads it: stack traces name the lines of the source',
};

const place = { account: '123456789012', region: 'eu-central-1' };
const assembly = readAssembly(inject('assemblyFolder'));
const { functions } = readStack(assembly, resolveTemplate(assembly, place));

describe('the bundle of', () => {
  it.each(functions.map((each) => [each.logicalId, each] as const))(
    '%s starts with the template’s variables, and without none of them',
    async (_, model) => {
      expect(await startOf(model)).toBe('started');
      const names = Object.keys(model.variables).filter((name) => !(name in NOT_MISSED));
      const without = names.map((name) => {
        const { [name]: _taken, ...variables } = model.variables;
        return variables;
      });
      const starts = await startsOf(model, [...without, model.variables], place);
      for (const [index, name] of names.entries()) expect(starts[index]).toContain(name);
      // What was taken away before is no reason.
      expect(starts.at(-1)).toBe('started');
    },
  );

  it('a function is nothing under another handler', async () => {
    for (const model of functions.slice(0, 1)) {
      expect(await startOf({ ...model, handler: 'index.other' })).toContain('index.other');
    }
  });
});

/** `started`, or what the start failed with. */
async function startOf(model: FunctionModel): Promise<string> {
  const host = createFunctionHost({ place, endpoints: {} });
  try {
    const started = await (await host.processOf(model)).started;
    return 'error' in started ? started.error.errorMessage : 'started';
  } finally {
    await host.stop();
  }
}
