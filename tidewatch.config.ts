import { defineConfig } from './lib/tidewatch-config.ts';

/** What is deployed: change it, then `npx cdk deploy`. */
export default defineConfig({
  nightAt: '02:00',
  nightTimeZone: 'Etc/UTC',
  watchedTags: ['cgr.dev/chainguard/python:latest', 'cgr.dev/chainguard/python:latest-dev'],
  backfillDays: 30,
  ecr: { repositories: ['*'] },
  registries: {},
  orchestrators: { ecs: true, lambda: true, eks: [] },
  deployments: [],
  elsewhere: [],
  ecrRegistries: [],
  rememberDays: 14,
  alerts: { disclosed: 'medium', regression: 'high', quietNight: true },
  // A Slack channel: README.md, Deploy.
  // slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
  // None is read unless it stands here: docs/configuration.md.
  feeds: {},
});
