import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readAssembly } from '../../assembly/template/read-assembly.ts';
import { BROKEN, SECRET } from '../support/broken-setups.ts';
import { readBusyWorld } from '../support/busy-world.ts';
import { type DeployedWorld, startDeployedWorld } from '../support/deployed-world.ts';

const place = { account: '123456789012', region: 'eu-central-1' };
let world: DeployedWorld;

beforeAll(async () => {
  const events = readBusyWorld().events.filter((event) => event.do !== 'night');
  world = await startDeployedWorld(readAssembly(inject('assemblyFolder')), place, events);
  world.secrets.set(SECRET.name, SECRET.text);
});
afterAll(async () => world[Symbol.asyncDispose]());

/** Every line that fails; a digest is left out of what it is about. */
async function failedLines() {
  const functions = await world.diagnose();
  return functions.flatMap(({ function: name, lines }) =>
    lines
      .filter(({ ok }) => !ok)
      .map((line) => ({ ...line, about: `${name}: ${line.subject.replace(/@sha256:.*/, '')}` })),
  );
}

describe('the doctor', () => {
  it('finds nothing wrong with what was just deployed', async () => {
    const functions = await world.diagnose();

    expect(await failedLines()).toEqual([]);
    expect(functions.map((each) => each.function).sort()).toEqual(examined());
    expect(functions.filter(({ lines }) => lines.length === 0)).toEqual([]);
  });

  it.each(BROKEN)('names it when $what, and nothing else', async (setup) => {
    // What functions keep for a while must not hide what is wrong now.
    world.wait();
    const mend = await setup.breakIt(world);
    const lines = await failedLines();
    await mend();

    expect(lines.map(({ about }) => about).sort()).toEqual([...setup.named].sort());
    for (const { detail, remedy } of lines) {
      expect(detail).toMatch(setup.detail);
      expect(remedy).toMatch(setup.remedy);
    }
  });

  it('finds nothing wrong once all is mended', async () => {
    expect(await failedLines()).toEqual([]);
  });
});

/** All functions but the doctor itself, and the one that plays nights. */
function examined(): readonly string[] {
  const examine = world.cloud.stack.functions.find(({ variables }) => 'EXAMINED' in variables);
  const names = Object.keys(JSON.parse(examine?.variables.EXAMINED ?? '{}'));
  expect(names).toHaveLength(world.cloud.stack.functions.length - 2);
  return names.sort();
}
