import type { Deployment } from '../../actions/ports.ts';
import { isDigest } from '../../core/image/digest.ts';
import { findDockerImageName } from '../aws/docker-image-name.ts';
import {
  type GatheredContainers,
  gatherRunning,
  lineageOf,
  type RunningContainer,
  type UnreadContainer,
} from '../deployments/gather-running.ts';
import type { ContainerStatus, Pod } from './pod.ts';
import { platformOf } from './pod-platform.ts';
import { type Middlemen, podWorkload, workloadId } from './pod-workload.ts';

/** What pods are read with. */
export interface PodSurroundings {
  /** What their workloads' ids begin with: `eks/<cluster>`. */
  readonly prefix: string;
  /** Platforms by node. */
  readonly nodes: ReadonlyMap<string, string>;
  readonly middlemen: Middlemen;
}

/** What pods run. */
export interface ReadPods extends GatheredContainers {
  /** What the pods that are not over belong to, whether they run anything or not. */
  readonly workloads: ReadonlySet<string>;
  /** Whether a pod was met whose platform nobody told. */
  readonly lacksPlatform: boolean;
}

/** Reads what pods run; a container that cannot be read is named, its neighbours stand. */
export function readPods(pods: readonly Pod[], around: PodSurroundings): ReadPods {
  const placed = pods.flatMap((pod) => {
    const found = podWorkload(pod, around.middlemen);
    if (found.kind !== 'known') return [];
    const workload = workloadId(around.prefix, pod.metadata.namespace, found.owner);
    return [{ pod, kind: found.owner.kind, workload, platform: platformOf(pod, around.nodes) }];
  });
  const alive = likeTheirSiblings(placed.filter(({ pod }) => !isOver(pod)));
  const counted = [...alive, ...lastOfCronJobs(placed)];
  return {
    ...gatherRunning(counted.flatMap(readPod)),
    workloads: new Set(alive.map(({ workload }) => workload)),
    lacksPlatform: counted.some(({ pod, platform }) => !platform && !isStuck(pod.status)),
  };
}

interface PlacedPod {
  readonly pod: Pod;
  /** Of what it belongs to. */
  readonly kind: string;
  readonly workload: string;
  readonly platform: string | undefined;
}

function isOver({ status: { phase } }: Pod): boolean {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** A pod that is on no node yet will come on one like those of its workload's other pods. */
function likeTheirSiblings(alive: readonly PlacedPod[]): PlacedPod[] {
  const placed = alive.filter(({ platform }) => platform !== undefined);
  const platforms = new Map(placed.map(({ workload, platform }) => [workload, platform]));
  return alive.map((each) => {
    if (each.platform || each.pod.spec.nodeName) return each;
    return { ...each, platform: platforms.get(each.workload) };
  });
}

/** A CronJob that is not due runs again what it ran last: its newest pod stands for it. */
function lastOfCronJobs(placed: readonly PlacedPod[]): PlacedPod[] {
  const running = new Set(placed.flatMap(({ pod, workload }) => (isOver(pod) ? [] : [workload])));
  const newest = new Map<string, PlacedPod>();
  for (const each of placed) {
    if (!/^cronjob$/i.test(each.kind) || running.has(each.workload) || !each.platform) continue;
    const other = newest.get(each.workload);
    if (!other || startOf(each.pod) > startOf(other.pod)) newest.set(each.workload, each);
  }
  return [...newest.values()];
}

function startOf({ metadata, status }: Pod): number {
  return Date.parse(status.startTime ?? metadata.creationTimestamp ?? '') || 0;
}

function readPod(placed: PlacedPod): (RunningContainer | UnreadContainer)[] {
  const { pod, workload, platform } = placed;
  if (!platform) {
    return isStuck(pod.status)
      ? []
      : [{ problem: `${workload}: unknown platform`, starting: null }];
  }
  const { spec, status } = pod;
  const where = { workload, platform };
  const startedAt = startOf(pod);
  const images = new Map(
    [spec.containers, spec.initContainers, spec.ephemeralContainers].flatMap((each) =>
      (each ?? []).map(({ name, image }): [string, string] => [name, image ?? '']),
    ),
  );
  // One that has ended runs no more, but stays in its pod for good.
  const ephemeral = status.ephemeralContainerStatuses?.filter(({ state }) => state?.running);
  const statuses = [
    ...(status.containerStatuses ?? []),
    // Those that are done run again whenever their pod starts.
    ...(status.initContainerStatuses ?? []),
    ...(ephemeral ?? []),
  ];
  const read = statuses.flatMap((each) => {
    const image = images.get(each.name) || each.image || '';
    return readContainer(where, startedAt, image, each);
  });
  return [...read, ...notYetThere(pod, where, images)];
}

/** What a pod says nothing of yet: it was only just created, or put on a node. */
function notYetThere(
  { spec, status }: Pod,
  where: Pick<Deployment, 'workload' | 'platform'>,
  images: ReadonlyMap<string, string>,
): UnreadContainer[] {
  if (status.containerStatuses?.length || isStuck(status)) return [];
  return (spec.containers ?? []).map(({ name }) => ({
    problem: `${where.workload} ${name} (${images.get(name)}): not started yet`,
    starting: lineageOf({ ...where, container: name }),
  }));
}

/** No node takes it (Pod Lifecycle, pod conditions). */
function isStuck({ conditions }: Pod['status']): boolean {
  return Boolean(
    conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable'),
  );
}

/** Why a container that never ran will not by itself, in the kubelet's words (its image manager and runtime errors). */
const STUCK =
  /^(?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable|SignatureValidationFailed|CreateContainerConfigError|CreateContainerError)$/;

function readContainer(
  where: Pick<Deployment, 'workload' | 'platform'>,
  startedAt: number,
  image: string,
  { name, imageID, state }: ContainerStatus,
): (RunningContainer | UnreadContainer)[] {
  const who = `${where.workload} ${name} (${image})`;
  const starting = lineageOf({ ...where, container: name });
  if (!imageID) {
    const reason = state?.waiting?.reason ?? '';
    // It runs nothing, and says so.
    if (STUCK.test(reason)) return [];
    return [{ problem: `${who}: no digest`, starting: state?.waiting ? starting : null }];
  }
  const named = findDockerImageName(image);
  if (!named) return [{ problem: `${who}: no image reference`, starting: null }];
  const digest = manifestDigest(imageID) ?? named.digest;
  if (!digest || !isDigest(digest)) {
    const problem = `${who}: ${imageID.slice(0, 100)} is an image's id, no digest of its registry`;
    return [{ problem, starting: null }];
  }
  const { reference } = named;
  return [{ deployment: { ...where, container: name, reference, digest }, startedAt }];
}

/** `repository@sha256:…` with or without `docker-pullable://`; a `sha256:…` alone is a config's, which no registry knows. */
function manifestDigest(imageId: string): string | undefined {
  return /^.+@(sha256:[0-9a-f]{64})$/.exec(imageId)?.[1];
}
