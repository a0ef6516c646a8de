import * as z from 'zod';

// What is read of Kubernetes' objects (Kubernetes API Reference, core/v1, apps/v1, batch/v1). Go
// writes a list that was never made as null.

/** A name of Kubernetes, which becomes part of a workload's id. */
const Name = z.string().regex(/^[^\s|/]+$/, 'no name of Kubernetes');

const Owner = z.object({
  apiVersion: z.string(),
  kind: Name,
  name: Name,
  uid: z.string(),
  controller: z.boolean().nullish(),
});

const Metadata = z.object({
  name: Name,
  uid: z.string(),
  ownerReferences: z.array(Owner).nullish(),
});

/** What a thing belongs to: the one owner that controls it. */
export type Owner = z.output<typeof Owner>;

/** The owner that makes and ends it; `undefined` when nobody does. */
export function controllerOf({ ownerReferences }: z.output<typeof Metadata>): Owner | undefined {
  return ownerReferences?.find(({ controller }) => controller === true);
}

/** A ReplicaSet or a Job, of which only the owner is of interest. */
export const Owned = z.object({ metadata: Metadata.extend({ namespace: Name }) });
export type Owned = z.output<typeof Owned>;

export const Node = z.object({
  metadata: z.object({ name: z.string() }),
  status: z.object({
    nodeInfo: z.object({ architecture: z.string().min(1), operatingSystem: z.string().min(1) }),
  }),
});
export type Node = z.output<typeof Node>;

const Containers = z.array(z.object({ name: Name, image: z.string().nullish() })).nullish();

const Statuses = z
  .array(
    z.object({
      name: Name,
      image: z.string().nullish(),
      imageID: z.string().nullish(),
      state: z
        .object({
          running: z.looseObject({}).nullish(),
          waiting: z.object({ reason: z.string().nullish() }).nullish(),
        })
        .nullish(),
    }),
  )
  .nullish();
export type ContainerStatus = NonNullable<z.output<typeof Statuses>>[number];

const Labels = z.record(z.string(), z.string()).nullish();

const Affinity = z
  .object({
    nodeAffinity: z
      .object({
        requiredDuringSchedulingIgnoredDuringExecution: z
          .object({
            nodeSelectorTerms: z.array(
              z.object({
                matchExpressions: z
                  .array(
                    z.object({
                      key: z.string(),
                      operator: z.string(),
                      values: z.array(z.string()).nullish(),
                    }),
                  )
                  .nullish(),
              }),
            ),
          })
          .nullish(),
      })
      .nullish(),
  })
  .nullish();

export const Pod = z.object({
  metadata: Metadata.extend({ namespace: Name, creationTimestamp: z.string().nullish() }),
  spec: z.object({
    nodeName: z.string().nullish(),
    nodeSelector: Labels,
    affinity: Affinity,
    containers: Containers,
    initContainers: Containers,
    ephemeralContainers: Containers,
  }),
  status: z.object({
    phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']),
    startTime: z.string().nullish(),
    conditions: z
      .array(z.object({ type: z.string(), status: z.string(), reason: z.string().nullish() }))
      .nullish(),
    containerStatuses: Statuses,
    initContainerStatuses: Statuses,
    ephemeralContainerStatuses: Statuses,
  }),
});
export type Pod = z.output<typeof Pod>;
