import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { readEnvironment } from '../shared/read-environment.ts';
import { RunNightEnvironment } from './environment.ts';
import { handleRunNight } from './handle.ts';

const environment = readEnvironment(RunNightEnvironment);

// The SDK's own logger: it leaves out what a replay would say twice.
export const handler = withDurableExecution(
  handleRunNight({
    'observe-tags': environment.OBSERVE_TAGS_ARN,
    'list-deployments': environment.LIST_DEPLOYMENTS_ARN,
    'reconcile-images': environment.RECONCILE_IMAGES_ARN,
    'index-batch': environment.INDEX_IMAGE_ARN,
    'record-observations': environment.RECORD_OBSERVATIONS_ARN,
    'list-feeds': environment.REFRESH_FEEDS_ARN,
    'refresh-feed': environment.REFRESH_FEEDS_ARN,
    'match-fleet': environment.MATCH_FLEET_ARN,
    'compare-lineages': environment.COMPARE_LINEAGES_ARN,
    'commit-run': environment.COMMIT_RUN_ARN,
    'reassess-pushes': environment.REASSESS_PUSHES_ARN,
    'deliver-alerts': environment.DELIVER_ALERTS_ARN,
    'write-report': environment.WRITE_REPORT_ARN,
  }),
);
