import { controllerOf, type Owned, type Owner, type Pod } from './pod.ts';

/** Things that stand between a pod and what people deploy, by their uid. */
export interface Middlemen {
  readonly replicaSets: OwnersByUid;
  readonly jobs: OwnersByUid;
}

/** A list that was read, or only begun. */
interface OwnersByUid {
  readonly isComplete: boolean;
  readonly byUid: ReadonlyMap<string, Owned>;
}

/** A list as `podWorkload` looks into it. */
export function ownersByUid(items: readonly Owned[], isComplete: boolean): OwnersByUid {
  return { isComplete, byUid: new Map(items.map((each) => [each.metadata.uid, each])) };
}

/** Whether a pod's workload is only known from another list. */
export function middlemanOf(pod: Pod): keyof Middlemen | undefined {
  const owner = controllerOf(pod.metadata);
  if (owner?.kind === 'ReplicaSet' && owner.apiVersion.startsWith('apps/')) return 'replicaSets';
  if (owner?.kind === 'Job' && owner.apiVersion.startsWith('batch/')) return 'jobs';
  return undefined;
}

/** What somebody deployed of a ReplicaSet or Job: what controls it, or itself. */
export function ownerAbove({ metadata }: Owned, kind: string): Pick<Owner, 'kind' | 'name'> {
  return controllerOf(metadata) ?? { kind, name: metadata.name };
}

/** `eks/<cluster>/<namespace>/<kind>/<name>`, of which `prefix` is the beginning. */
export function workloadId(
  prefix: string,
  namespace: string,
  { kind, name }: Pick<Owner, 'kind' | 'name'>,
): string {
  return `${prefix}/${namespace}/${kind}/${name}`;
}

/** What a pod belongs to. */
export type PodWorkload =
  | { readonly kind: 'known'; readonly owner: Pick<Owner, 'kind' | 'name'> }
  /** Its owner is deleted: Kubernetes ends the pod by itself (Garbage Collection). */
  | { readonly kind: 'over' }
  /** The list that would say it could not be read. */
  | { readonly kind: 'unknown' };

/**
 * Follows a pod's owners up to what somebody deployed: through a ReplicaSet to its Deployment,
 * through a Job to its CronJob. Other controllers are named themselves; a pod without any is its own.
 */
export function podWorkload(pod: Pod, middlemen: Middlemen): PodWorkload {
  const owner = controllerOf(pod.metadata);
  if (!owner) return { kind: 'known', owner: { kind: 'Pod', name: pod.metadata.name } };
  const list = middlemanOf(pod);
  if (!list) return { kind: 'known', owner };
  const { byUid, isComplete } = middlemen[list];
  const middleman = byUid.get(owner.uid);
  if (middleman) return { kind: 'known', owner: ownerAbove(middleman, owner.kind) };
  // Pods were listed before their owners: one that is missing was deleted since.
  return { kind: isComplete ? 'over' : 'unknown' };
}
