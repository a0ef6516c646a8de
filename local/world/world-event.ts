import * as z from 'zod';
import { OsvRecord } from '../../core/advisory/osv.ts';
import { DeletedImage, ImageTag } from './image-tag.ts';
import { keyedBy } from './keyed-by.ts';
import { PlatformName, PlatformSpec } from './platform-spec.ts';
import { CALL_ERRORS, isRegistryError, REGISTRY_ERRORS, WorldCall } from './world-calls.ts';

/** RFC 3339, read into the one form that we write: `YYYY-MM-DDTHH:MM:SS.sssZ`. */
const Time = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

const WORKLOADS = [
  // ECS: letters, digits, underscores and hyphens, up to 255.
  /^ecs\/[A-Za-z0-9_-]{1,255}\/(?:task\/)?[A-Za-z0-9_-]{1,255}$/,
  // Kubernetes: RFC 1123 labels for namespaces, subdomains for names.
  /^eks\/[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\/[A-Za-z]+\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/,
  /^lambda\/[A-Za-z0-9_-]{1,140}$/,
];

const Workload = z
  .string()
  .refine(
    (text) => WORKLOADS.some((grammar) => grammar.test(text)),
    'not ecs/<cluster>/<service>, ecs/<cluster>/task/<family>, eks/<cluster>/<namespace>/<kind>/<name> or lambda/<function>',
  );

const Container = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'not a container name');

const FeedName = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'not a feed name');

const RecordId = z.string().regex(/^[^\s/]+$/, 'not a record id');

/** An OSV record, kept whole: a feed gives it out as it stands here. */
const AdvisedRecord = z.looseObject({ id: RecordId }).superRefine((record, context) => {
  const { error } = OsvRecord.safeParse(record, { reportInput: true });
  for (const { path, message, input } of error?.issues ?? []) {
    context.addIssue({ code: 'custom', path, message, input });
  }
});

/** `*`, `package:<purl without version>`, `image:<repo[:tag]>`, `workload:<id>`. */
const SuppressedScope = z
  .string()
  .regex(
    /^(?:\*|package:pkg:[^\s|]+|image:[^\s|@/]+\/[^\s|@]+|workload:[^\s|]+)$/,
    'not *, package:<purl>, image:<registry/repository[:tag]> or workload:<id>',
  );

const FeedFault = z.enum(['timeout', 'truncated', 'empty', 'shrunk', 'older', 'garbage', 'none']);

const Count = z.number().int().nonnegative();

const Fault = z
  .strictObject({
    at: Time,
    do: z.literal('fault'),
    call: WorldCall,
    /** Such calls that pass before the first that fails. */
    skip: Count.default(0),
    times: z.number().int().positive(),
    error: z.enum([...CALL_ERRORS, ...REGISTRY_ERRORS]),
    attempts: z.enum(['one', 'all']).default('one'),
  })
  .refine(({ call, error }) => call.startsWith('registry:') || !isRegistryError(error), {
    path: ['error'],
    message: 'only a registry fails so',
  });

/** One event of a world file, as this version plays it; times are ISO with milliseconds, UTC. */
export const WorldEvent = z.discriminatedUnion('do', [
  z.strictObject({
    at: Time,
    do: z.literal('push'),
    image: ImageTag,
    platforms: keyedBy(PlatformName, PlatformSpec).refine(
      (platforms) => Object.keys(platforms).length > 0,
      'no platform',
    ),
  }),
  z.strictObject({ at: Time, do: z.literal('delete'), image: DeletedImage }),
  z.strictObject({
    at: Time,
    do: z.literal('deploy'),
    workload: Workload,
    container: Container,
    image: ImageTag,
    platform: PlatformName.optional(),
  }),
  z.strictObject({
    at: Time,
    do: z.literal('undeploy'),
    workload: Workload,
    container: Container.optional(),
  }),
  z.strictObject({ at: Time, do: z.literal('watch'), image: ImageTag }),
  z.strictObject({ at: Time, do: z.literal('advise'), feed: FeedName, record: AdvisedRecord }),
  z.strictObject({ at: Time, do: z.literal('withdraw'), feed: FeedName, id: RecordId }),
  z.strictObject({ at: Time, do: z.literal('feed'), feed: FeedName, fault: FeedFault }),
  z.strictObject({
    at: Time,
    do: z.literal('suppress'),
    /** Of the vulnerability. */
    id: RecordId,
    scope: SuppressedScope,
    owner: z.string().min(1),
    reason: z.string().min(1),
    until: Time.optional(),
    whileNoFix: z.boolean().default(false),
  }),
  Fault,
  z
    .strictObject({
      at: Time,
      do: z.literal('event'),
      fault: z.enum(['lose', 'duplicate', 'late']),
      until: Time.optional(),
    })
    .refine(({ at, until }) => until === undefined || until >= at, {
      path: ['until'],
      message: 'ends before it begins',
    }),
  z.strictObject({ at: Time, do: z.literal('crash'), after: WorldCall, skip: Count.default(0) }),
  z.strictObject({ at: Time, do: z.literal('night') }),
]);
export type WorldEvent = z.output<typeof WorldEvent>;

/** A world event as a file writes it. */
export type WrittenEvent = z.input<typeof WorldEvent>;
