import * as z from 'zod';
import { parseFeedUrl } from '../../adapters/feeds/feed-url.ts';
import { parseRegistryEndpoints } from '../../adapters/registry/registry-endpoints.ts';
import { parseReference } from '../../core/image/reference.ts';

// Variables that several functions take; each function's `environment.ts` picks what it reads.

/** The object store. */
export const BUCKET = { OBJECTS_BUCKET: z.string().min(1) };

/** The state's table. */
export const TABLE = { STATE_TABLE: z.string().min(1) };

const ARN = z.string().startsWith('arn:');

/** Where alerts are told: to machines, and to people. */
export const TOPIC = {
  ALERTS_TOPIC_ARN: ARN,
  PEOPLE_TOPIC_ARN: ARN,
  /** Whose messages they are. */
  STACK_NAME: z.string().min(1),
};

const SEVERITY = z.enum(['critical', 'high', 'medium', 'low', 'unrated']);

/** From when on something is told. */
export const POLICY = {
  ALERT_DISCLOSED: SEVERITY,
  ALERT_REGRESSION: SEVERITY,
  /** Not there where no image is too large. */
  IMAGE_MEGABYTES: z
    .string()
    .regex(/^[1-9]\d{0,6}$/)
    .transform(Number)
    .optional(),
};

/** Registries that are reached elsewhere (nobody has to set that), or by name and password. */
export const REGISTRY = {
  /** `host=url,host=url` */
  REGISTRY_ENDPOINTS: z.string().optional().transform(checked(parseRegistryEndpoints)),
  /** JSON: the secret of each registry that asks for credentials, name or ARN; may be `{}`. */
  REGISTRY_SECRETS: z
    .string()
    .transform(checked((text): unknown => JSON.parse(text)))
    .pipe(z.record(z.string().min(1), z.string().min(1))),
};

/** Upstream tags, `registry/repository:tag,registry/repository:tag`; may be none. */
export const WATCHED = { WATCHED_TAGS: z.string().transform(checked(parseTags)) };

/** How far back images that a watched tag pointed at are read, in days. */
export const BACKFILL = {
  BACKFILL_DAYS: z
    .string()
    .regex(/^\d{1,4}$/, 'expected days')
    .transform(Number),
};

const FEED_NAME = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/);
/** What was decided not to be heard of, `s3://bucket/key`; empty where nothing was, so that a missing variable is a named one. */
export const SUPPRESSIONS = {
  SUPPRESSIONS: z
    .string()
    .regex(/^(?:s3:\/\/[^/]+\/.+)?$/, 'expected s3://bucket/key, or nothing')
    .transform((text) => {
      const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text) ?? [];
      return bucket === '' ? null : { bucket, key };
    }),
};

/** An archive of advisories and what it is called. */
const ArchiveSpec = z
  .strictObject({
    name: FEED_NAME,
    kind: z.enum(['details', 'scores']).optional(),
    url: z.string(),
    control: z.string().min(1).nullable(),
  })
  .superRefine(({ url, kind }, context) => {
    try {
      parseFeedUrl(url, kind);
    } catch (error) {
      context.addIssue({ code: 'custom', path: ['url'], message: String(error) });
    }
  });

/** Repositories of a release of Amazon Linux. */
const AmazonSpec = z.strictObject({
  name: FEED_NAME,
  kind: z.literal('amazon'),
  release: z.enum(['2', '2023']),
  /** What stands in for Amazon's host, or that. */
  url: z.string(),
  repositories: z.array(z.string().min(1)).min(1),
  control: z.string().min(1).nullable(),
});

/** The feeds that are enabled, as JSON; may be none. */
export const FEED_LIST = {
  FEEDS: z
    .string()
    .transform(checked((text): unknown => JSON.parse(text)))
    .pipe(z.array(z.discriminatedUnion('kind', [ArchiveSpec, AmazonSpec]))),
};

function parseTags(text: string): readonly string[] {
  const tags = text.split(',').filter((each) => each !== '');
  for (const tag of tags) {
    if (!parseReference(tag).tag) throw new Error(`no tag: ${JSON.stringify(tag)}`);
  }
  return tags;
}

/** Lets zod collect what a parser throws, so that every bad variable is named at once. */
export function checked<Value>(parse: (text: string) => Value) {
  return (text: string | undefined, context: z.RefinementCtx): Value => {
    try {
      return parse(text ?? '');
    } catch (error) {
      context.addIssue({ code: 'custom', message: String(error) });
      return z.NEVER;
    }
  };
}
