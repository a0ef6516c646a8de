import { commitRun } from '../../actions/commit-run.ts';
import { compareLineages } from '../../actions/compare-lineages.ts';
import { deliverAlerts } from '../../actions/deliver-alerts.ts';
import { indexBatch } from '../../actions/index-batch.ts';
import { listDeployments } from '../../actions/list-deployments.ts';
import { matchFleet } from '../../actions/match-fleet.ts';
import { observeTags } from '../../actions/observe-tags.ts';
import { reassessPushes } from '../../actions/reassess-pushes.ts';
import { reconcileImages } from '../../actions/reconcile-images.ts';
import { recordObservations } from '../../actions/record-observations.ts';
import { refreshFeeds } from '../../actions/refresh-feeds.ts';
import { writeReport } from '../../actions/write-report.ts';
import type { NightWorkers } from './plain-steps.ts';
import type { ProductPorts } from './product-ports.ts';

/** Every worker of the night over one set of ports. */
export function createNightWorkers(ports: ProductPorts): NightWorkers {
  return {
    'observe-tags': observeTags(ports),
    'list-deployments': listDeployments(ports),
    'reconcile-images': reconcileImages(ports),
    'index-batch': indexBatch({ ...ports, images: ports.registry }),
    'record-observations': recordObservations(ports),
    'refresh-feeds': refreshFeeds(ports),
    'match-fleet': matchFleet(ports),
    'compare-lineages': compareLineages(ports),
    'commit-run': commitRun(ports),
    'reassess-pushes': reassessPushes(ports),
    'deliver-alerts': () => deliverAlerts(ports),
    'write-report': writeReport(ports),
  };
}
