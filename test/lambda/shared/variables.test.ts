import { describe, expect, it } from 'vitest';
import { AssessPushEnvironment } from '../../../lambda/assess-push/environment.ts';
import { ListDeploymentsEnvironment } from '../../../lambda/list-deployments/environment.ts';
import { ObserveTagsEnvironment } from '../../../lambda/observe-tags/environment.ts';
import { RefreshFeedsEnvironment } from '../../../lambda/refresh-feeds/environment.ts';

const LIST = {
  STATE_TABLE: 'state',
  OBJECTS_BUCKET: 'objects',
  DEPLOYMENT_SOURCES: 'ecs,lambda',
  EKS_CLUSTERS: 'main,edge',
  ELSEWHERE: '[]',
  REMEMBER_DAYS: '14',
  STATIC_DEPLOYMENTS: '[]',
  REGISTRY_SECRETS: '{}',
};
const OBSERVE = {
  STATE_TABLE: 'state',
  OBJECTS_BUCKET: 'objects',
  WATCHED_TAGS: '',
  BACKFILL_DAYS: '30',
  REGISTRY_SECRETS: '{}',
};

describe('the environment', () => {
  it('reads watched tags and registries that are elsewhere', () => {
    const environment = ObserveTagsEnvironment.parse({
      ...OBSERVE,
      WATCHED_TAGS: 'cgr.dev/chainguard/python:latest,cgr.dev/chainguard/node:latest',
      REGISTRY_ENDPOINTS: 'cgr.dev=http://127.0.0.1:5000',
    });

    expect(environment.WATCHED_TAGS).toEqual([
      'cgr.dev/chainguard/python:latest',
      'cgr.dev/chainguard/node:latest',
    ]);
    expect(environment.REGISTRY_ENDPOINTS).toEqual({ 'cgr.dev': 'http://127.0.0.1:5000' });
  });

  it('may watch nothing, and reach every registry at its own host', () => {
    expect(ObserveTagsEnvironment.parse(OBSERVE)).toMatchObject({
      WATCHED_TAGS: [],
      REGISTRY_ENDPOINTS: {},
    });
  });

  it('reads days, and refuses what is none', () => {
    const daysIn = (BACKFILL_DAYS: string) =>
      ObserveTagsEnvironment.safeParse({ ...OBSERVE, BACKFILL_DAYS }).data?.BACKFILL_DAYS;

    expect(['0', '30', '', '-1', '1.5', '1e3'].map(daysIn)).toEqual([0, 30, ...Array(4)]);
  });

  it('reads the feeds that are enabled, or none', () => {
    const feed = { name: 'osv-pypi', url: 'https://mirror.test/PyPI/all.zip', control: null };

    expect(feedsIn([feed]).data?.FEEDS).toEqual([feed]);
    expect(feedsIn([]).data?.FEEDS).toEqual([]);
  });

  it.each([
    ['no JSON', ['FEEDS'], '{'],
    ['no list', ['FEEDS'], '{}'],
    [
      'a feed without control',
      ['FEEDS', 0, 'control'],
      [{ name: 'a', url: 'https://a.test/a.zip' }],
    ],
    [
      'a feed that is not encrypted',
      ['FEEDS', 0, 'url'],
      [{ name: 'a', url: 'http://a.test/a.zip', control: null }],
    ],
    [
      'a name that is no folder’s',
      ['FEEDS', 0, 'name'],
      [{ name: '../a', url: 'https://a.test/a.zip', control: null }],
    ],
  ])('refuses %s as FEEDS', (_name, path, feeds) => {
    expect(feedsIn(feeds).error?.issues.map((issue) => issue.path)).toEqual([path]);
  });

  it.each([
    ['WATCHED_TAGS', 'python:latest'],
    ['WATCHED_TAGS', 'cgr.dev/chainguard/python'],
    ['REGISTRY_ENDPOINTS', 'cgr.dev'],
    ['REGISTRY_ENDPOINTS', 'cgr.dev=http://example.com'],
    ['OBJECTS_BUCKET', ''],
  ])('names %s when it is %j', (name, value) => {
    const { error } = ObserveTagsEnvironment.safeParse({ ...OBSERVE, [name]: value });

    expect(error?.issues.map(({ path }) => path)).toEqual([[name]]);
  });

  it('reads who is asked what runs, and what runs besides', () => {
    const web = {
      workload: 'vm/web',
      container: 'web',
      image: 'r.test/web:1',
      platform: 'linux/amd64',
    };

    expect(
      ListDeploymentsEnvironment.parse({ ...LIST, STATIC_DEPLOYMENTS: JSON.stringify([web]) }),
    ).toMatchObject({
      DEPLOYMENT_SOURCES: ['ecs', 'lambda'],
      EKS_CLUSTERS: ['main', 'edge'],
      STATIC_DEPLOYMENTS: [web],
      REMEMBER_DAYS: 14,
    });
    expect(
      ListDeploymentsEnvironment.parse({ ...LIST, DEPLOYMENT_SOURCES: '', EKS_CLUSTERS: '' }),
    ).toMatchObject({
      DEPLOYMENT_SOURCES: [],
      EKS_CLUSTERS: [],
      STATIC_DEPLOYMENTS: [],
    });
  });

  it.each([
    ['DEPLOYMENT_SOURCES', 'ecs,nomad'],
    ['ELSEWHERE', '{}'],
    ['ELSEWHERE', '[{"name":"shop","eks":[]}]'],
    ['ELSEWHERE', '[{"name":"a b","region":"eu-west-1","eks":[]}]'],
    ['ELSEWHERE', '[{"name":"shop","region":"eu-west-1"}]'],
    ['REMEMBER_DAYS', ''],
    ['REMEMBER_DAYS', '-1'],
    ['REMEMBER_DAYS', '91'],
    ['STATIC_DEPLOYMENTS', ''],
    ['STATIC_DEPLOYMENTS', '{}'],
    [
      'STATIC_DEPLOYMENTS',
      '[{"workload":"a","container":"b","image":"web","platform":"linux/amd64"}]',
    ],
  ])('names %s when it is %j', (name, value) => {
    const { error } = ListDeploymentsEnvironment.safeParse({ ...LIST, [name]: value });

    expect(error?.issues.map(({ path }) => path[0])).toEqual([name]);
  });

  it('names everything that is missing at once', () => {
    const { error } = AssessPushEnvironment.safeParse({});

    expect(error?.issues.map(({ path }) => path[0])).toEqual([
      'STATE_TABLE',
      'OBJECTS_BUCKET',
      'ALERTS_TOPIC_ARN',
      'PEOPLE_TOPIC_ARN',
      'STACK_NAME',
      'ALERT_DISCLOSED',
      'ALERT_REGRESSION',
      'REGISTRY_SECRETS',
    ]);
  });
});

function feedsIn(feeds: unknown) {
  return RefreshFeedsEnvironment.safeParse({
    STATE_TABLE: 'state',
    OBJECTS_BUCKET: 'objects',
    FEEDS: typeof feeds === 'string' ? feeds : JSON.stringify(feeds),
  });
}
