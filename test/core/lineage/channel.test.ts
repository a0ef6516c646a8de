import { describe, expect, it } from 'vitest';
import { parseReference } from '../../../core/image/reference.ts';
import { channelOf, channelOfTag, describeLineage } from '../../../core/lineage/channel.ts';

describe('channelOfTag', () => {
  it.each([
    ['v1.2.3', ''],
    ['1.2.3', ''],
    ['3', ''],
    ['2026-04-15', ''],
    ['20260415', ''],
    ['20260415T0930', ''],
    ['sha-9f3c1ab', ''],
    ['sha-1234567', ''],
    ['9f3c1ab', ''],
    ['9f3c1ab0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6', ''],
    ['v1.2.3-5-g9f3c1ab', ''],
    ['latest', 'latest'],
    ['latest-dev', 'latest-dev'],
    ['v1.2.3-debug', 'debug'],
    ['3.14-slim', 'slim'],
    ['3.14.4-slim-bookworm', 'slim-bookworm'],
    ['pr-17', 'pr'],
    ['pr17', 'pr'],
    ['1.2.3-rc1', 'rc'],
    ['1.2.3-beta2', 'beta'],
    ['main-20260415-abc1234', 'main'],
    ['main-9f3c1ab', 'main'],
    ['MAIN-9F3C1AB', 'main'],
    // Words that a hash could spell.
    ['facade', 'facade'],
    ['deadbeef', 'deadbeef'],
    ['cafe', 'cafe'],
    [`sha256-${'0123456789abcdef'.repeat(4)}.sig`, 'sig'],
    ['', ''],
  ])('of %s is %j', (tag, channel) => {
    expect(channelOfTag(tag)).toBe(channel);
  });
});

it.each([
  ['cgr.dev/chainguard/python:latest', 'cgr.dev/chainguard/python|latest'],
  ['127.0.0.1:5000/web:v1.2.3', '127.0.0.1:5000/web|'],
  [`r.test/web@sha256:${'a'.repeat(64)}`, 'r.test/web|'],
])('names the channel of %s', (reference, channel) => {
  expect(channelOf(parseReference(reference))).toBe(channel);
});

it.each([
  ['ecs/prod/api|app|linux/amd64', 'ecs/prod/api (app, linux/amd64)'],
  ['r.test/web||linux/amd64', 'r.test/web (linux/amd64)'],
  ['baseline', 'baseline'],
])('reads %s to people as %s', (lineage, text) => {
  expect(describeLineage(lineage)).toBe(text);
});
