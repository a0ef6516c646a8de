import { expect, it } from 'vitest';
import { createEventDescriber } from '../../../cli/print/describe-event.ts';
import { parseWorld } from '../../../local/world/parse-world.ts';

const IMAGE = 'cgr.dev/a/base:latest';
const APP = 'cgr.dev/a/app:1';

it('tells what each push changed of the image before it', () => {
  const base = { apk: ['glibc=2.43-r1', 'zlib=1.3-r0'] };
  const moved = { apk: ['glibc=2.43-r2', 'bash=5.3-r8'] };
  expect(
    tell(
      { do: 'push', image: IMAGE, platforms: { 'linux/amd64': { layers: [base] } } },
      { do: 'push', image: IMAGE, platforms: { 'linux/amd64': { layers: [base] } } },
      {
        do: 'push',
        image: IMAGE,
        platforms: { 'linux/amd64': { layers: [base], config: { Labels: { a: 'b' } } } },
      },
      {
        do: 'push',
        image: IMAGE,
        platforms: { 'linux/amd64': { layers: [{ ...base, files: { a: 'b' } }] } },
      },
      { do: 'push', image: IMAGE, platforms: { 'linux/amd64': { layers: [moved] } } },
      { do: 'push', image: APP, platforms: { 'linux/amd64': { base: IMAGE, layers: [] } } },
    ),
  ).toEqual([
    `${IMAGE}, 2 packages, linux/amd64`,
    `${IMAGE}, rebuilt: the very same image`,
    `${IMAGE}, rebuilt: other labels, the same packages`,
    `${IMAGE}, rebuilt: other files, the same packages`,
    `${IMAGE}, rebuilt: glibc 2.43-r1 → 2.43-r2, bash is new, zlib is gone`,
    `${APP}, built on ${IMAGE}`,
  ]);
});

it('names the first few of many packages', () => {
  const apk = Array.from({ length: 9 }, (_, index) => `p${index}=1-r0`);
  const [, text] = tell(
    { do: 'push', image: IMAGE, platforms: { 'linux/amd64': { layers: [{ apk: [] }] } } },
    { do: 'push', image: IMAGE, platforms: { 'linux/amd64': { layers: [{ apk }] } } },
  );
  expect(text).toMatch(/p0 is new, .*p4 is new, and 4 more$/);
});

it('tells where a deployment came from', () => {
  const platforms = { 'linux/amd64': { layers: [] } };
  const deploy = { do: 'deploy', workload: 'ecs/prod/web', container: 'web' };
  expect(
    tell(
      { do: 'push', image: APP, platforms },
      { do: 'push', image: IMAGE, platforms },
      { ...deploy, image: APP },
      { ...deploy, image: APP },
      { ...deploy, image: IMAGE },
      { do: 'undeploy', workload: 'ecs/prod/web' },
    ).slice(2),
  ).toEqual([
    `ecs/prod/web now runs ${APP}`,
    `ecs/prod/web runs ${APP} again`,
    `ecs/prod/web goes from ${APP} to ${IMAGE}`,
    'ecs/prod/web stops',
  ]);
});

it('tells an advisory by its CVE, its packages, and the worst severity that it gives', () => {
  const affected = [
    { package: { ecosystem: 'Wolfi', name: 'a' }, ecosystem_specific: { severity: 'low' } },
    { package: { ecosystem: 'Wolfi', name: 'b' }, ecosystem_specific: { severity: 'high' } },
  ];
  const record = { id: 'CGA-1', upstream: ['CVE-2026-9'], affected };
  expect(
    tell(
      { do: 'advise', feed: 'wolfi', record: { ...record, summary: 'a hole' } },
      { do: 'advise', feed: 'wolfi', record: { id: 'X-1', affected: [] } },
      { do: 'withdraw', feed: 'wolfi', id: 'CGA-1' },
      { do: 'feed', feed: 'wolfi', fault: 'timeout' },
    ),
  ).toEqual([
    'wolfi publishes CVE-2026-9 in a, b (high): a hole',
    'wolfi publishes X-1 (unrated)',
    'wolfi withdraws CGA-1',
    'wolfi: answers no more',
  ]);
});

it('tells who does not want to hear of what, where and why', () => {
  const words = { do: 'suppress', id: 'CVE-2026-9', owner: 'team-web', reason: 'not reached' };
  expect(tell({ ...words, scope: '*' }, { ...words, scope: 'workload:ecs/prod/web' })).toEqual([
    'team-web suppresses CVE-2026-9 in everything: not reached',
    'team-web suppresses CVE-2026-9 in workload:ecs/prod/web: not reached',
  ]);
});

function tell(...events: object[]): string[] {
  const lines = events.map((event) => JSON.stringify({ at: '2026-03-02T07:00:00Z', ...event }));
  const describeEvent = createEventDescriber();
  return parseWorld(Buffer.from(lines.join('\n'))).map((event) => describeEvent(event).text);
}
