import { expect, it } from 'vitest';
import { repositoryLineage, workloadLineage } from '../../../core/lineage/channel.ts';
import { shardOf } from '../../../core/run/run.ts';

it.each([1, 2, 7, 100])('keeps all platforms of a channel in one of %i shards', (shards) => {
  const channel = 'r.test/web|debug';
  const shard = shardOf(`${channel}|`, shards);
  expect(shard).toBeGreaterThanOrEqual(0);
  expect(shard).toBeLessThan(shards);
  for (const platform of ['linux/amd64', 'linux/arm64', 'linux/arm/v7']) {
    expect(shardOf(repositoryLineage(channel, platform), shards)).toBe(shard);
  }
});

it('spreads workloads over all shards', () => {
  const shards = Array.from({ length: 1000 }, (_, index) =>
    shardOf(workloadLineage(`ecs/prod/web-${index}`, 'app', 'linux/amd64'), 8),
  );
  const counts = [...Map.groupBy(shards, (shard) => shard).values()].map((each) => each.length);
  expect(counts).toHaveLength(8);
  expect(Math.min(...counts)).toBeGreaterThan(60);
});
