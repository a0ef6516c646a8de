import type { Deployment } from '../../actions/ports.ts';
import type { Fleet } from '../../local/cloud/orchestrators/fleet.ts';
import { inputOf, jsonAnswer } from '../cloud/aws-request.ts';
import type { Serve } from '../cloud/front-door.ts';
import { lambdaCall } from '../cloud/requested-rights.ts';
import { arnIn, type Place } from '../template/place.ts';

/** What runs in a world, as the orchestrators' APIs tell it. */
export interface FleetServices {
  readonly ecs: Serve;
  /** The functions that are images, for what the Lambda API is asked of others. */
  readonly lambda: Serve;
}

/** Everything that runs and is no function runs in ECS here: a workload's last name is its service. */
export function serveFleet(fleet: Pick<Fleet, 'running'>, place: Place): FleetServices {
  const answers: Readonly<
    Record<string, (input: Readonly<Record<string, unknown>>) => Promise<object>>
  > = {
    ListClusters: async () => ({
      clusterArns: [
        ...new Set(
          fleet
            .running()
            .filter(isTask)
            .map((each) => clusterArn(each, place)),
        ),
      ],
    }),
    ListServices: async ({ cluster }) => ({
      serviceArns: fleet
        .running()
        .filter((each) => isTask(each) && clusterArn(each, place) === cluster)
        .map((each) => serviceArn(each, place)),
    }),
    ListTasks: async ({ cluster }) => ({
      taskArns: fleet
        .running()
        .filter((each) => isTask(each) && clusterArn(each, place) === cluster)
        .map((each) => taskArn(each, place)),
    }),
    DescribeTasks: async ({ tasks }) => ({
      tasks: fleet
        .running()
        .filter((each) => isTask(each) && [tasks].flat().includes(taskArn(each, place)))
        .map((each) => taskOf(each, place)),
      failures: [],
    }),
  };
  return {
    async ecs(request) {
      const answer = answers[request.operation];
      if (!answer) throw new Error(`ecs:${request.operation} is not emulated`);
      return jsonAnswer(await answer(inputOf(request)));
    },
    async lambda(request) {
      const { action, subject } = lambdaCall(request);
      const images = fleet.running().filter((each) => !isTask(each));
      if (action === 'lambda:ListFunctions') {
        return jsonAnswer({
          Functions: images.map(({ workload }) => ({
            FunctionName: workload.split('/')[1],
            PackageType: 'Image',
          })),
        });
      }
      const found = images.find(({ workload }) => workload === `lambda/${subject}`);
      if (action !== 'lambda:GetFunction' || !found) {
        throw new Error(`${action} of ${subject} is not emulated`);
      }
      const repository = found.reference.replace(/:[^:/]+$/, '');
      return jsonAnswer({
        Code: { ImageUri: found.reference, ResolvedImageUri: `${repository}@${found.digest}` },
      });
    },
  };
}

function isTask({ workload }: Deployment): boolean {
  return !workload.startsWith('lambda/');
}

function clusterOf({ workload }: Deployment): string {
  return workload.split('/')[1] ?? '';
}

function clusterArn(deployment: Deployment, place: Place): string {
  return arnIn(place, 'ecs', `cluster/${clusterOf(deployment)}`);
}

function serviceOf({ workload }: Deployment): string {
  return workload.split('/').slice(2).join('-');
}

function serviceArn(deployment: Deployment, place: Place): string {
  return arnIn(place, 'ecs', `service/${clusterOf(deployment)}/${serviceOf(deployment)}`);
}

function taskArn(deployment: Deployment, place: Place): string {
  const id = Buffer.from(deployment.workload).toString('hex').slice(-32).padStart(32, '0');
  return arnIn(place, 'ecs', `task/${clusterOf(deployment)}/${id}`);
}

function taskOf(deployment: Deployment, place: Place): object {
  const { container, reference, digest, platform } = deployment;
  const service = serviceOf(deployment);
  const architecture = platform.endsWith('arm64') ? 'arm64' : 'x86_64';
  return {
    taskArn: taskArn(deployment, place),
    clusterArn: clusterArn(deployment, place),
    taskDefinitionArn: arnIn(place, 'ecs', `task-definition/${service}:1`),
    group: `service:${service}`,
    lastStatus: 'RUNNING',
    startedAt: 1_700_000_000,
    attributes: [{ name: 'ecs.cpu-architecture', value: architecture }],
    containers: [{ name: container, image: reference, imageDigest: digest, lastStatus: 'RUNNING' }],
  };
}
