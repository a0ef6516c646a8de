import { defineConfig } from './lib/tidewatch-config.ts';

/** What is deployed: change it, then `npx cdk deploy`. */
export default defineConfig({
  nightAt: '02:00',
  watchedTags: ['cgr.dev/chainguard/python:latest', 'cgr.dev/chainguard/python:latest-dev'],
  backfillDays: 30,
  ecr: { repositories: ['*'] },
  registries: {},
  orchestrators: { ecs: true, lambda: true },
  deployments: [],
  elsewhere: [],
  ecrRegistries: [],
  rememberDays: 14,
  alerts: { disclosed: 'medium', regression: 'high' },
  // None is read unless it stands here: docs/configuration.md.
  feeds: {},
});
