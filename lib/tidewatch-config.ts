import * as z from 'zod';
import { isSpecific } from '../core/suppress/pattern.ts';
import { expectedRegion, strangeRegions } from './aws-regions.ts';
import { describeConfigErrors } from './config-errors.ts';
import { CLUSTERS_AT_MOST, EcrHost, EksClusters, Elsewhere } from './elsewhere-config.ts';
import { FeedsConfig } from './feeds-config.ts';
import { DEPLOYED_IMAGE, TAGGED_IMAGE } from './image-names.ts';
import { OperationsConfig } from './operations-config.ts';
import { EXPECTED_ECR_HOST, hasSoundHost, REGION } from './region-names.ts';
import { ONE_PLACE, otherPlaces, placeOfSecret } from './secret-places.ts';
import { SETTINGS_BYTES, tooLong, tooMuchToList } from './variable-sizes.ts';

/** A configuration with an error; names all of them at once. */
export class InvalidConfigError extends Error {
  override readonly name = 'InvalidConfigError';
}

/** Unrated findings are told whatever the threshold is. */
const Threshold = z.enum(['critical', 'high', 'medium', 'low']);

/** Repositories, as the file of suppressions names those of images, without a channel. */
const TrustedRepositories = z
  .array(
    z
      .string()
      .max(500, 'expected at most 500 characters')
      .regex(
        /^[a-z0-9*][a-z0-9.*:-]*[.:*][a-z0-9._*/:-]*$/,
        'expected registry/repository, with * for any text',
      )
      .refine(isSpecific, 'expected something that does not stand for everything'),
  )
  .max(50);

/** A name in a lineage's id, whose parts `|` keeps apart. */
const Name = z
  .string()
  .regex(/^[^\s|\p{C}]+$/u, 'expected a name without spaces, | and characters that cannot be seen');

/** Something that runs where nobody can be asked. */
const StaticDeployment = z.strictObject({
  workload: Name,
  container: Name,
  /** `registry/repository:tag`, looked up every night, or one with `@sha256:…`; `*` in a tag stands for any characters. */
  image: z
    .string()
    .regex(
      DEPLOYED_IMAGE,
      'expected registry/repository:tag (with * for any characters), or one with @sha256:…',
    )
    .refine(hasSoundHost, EXPECTED_ECR_HOST),
  /** Which of the image's platforms runs. */
  platform: z
    .string()
    .regex(/^[a-z0-9]+(?:\/[a-z0-9]+){1,2}$/, 'expected os/architecture')
    .default('linux/amd64'),
});

/** A secret of AWS Secrets Manager: its name, or its whole ARN. */
const Secret = z.strictObject({
  secret: z
    .string()
    .regex(
      /^(?:[A-Za-z0-9/_+=.@-]{1,512}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6})$/,
      'expected a secret’s name, or its whole ARN',
    )
    .refine((text) => {
      const place = placeOfSecret(text);
      return !place || REGION.test(place.region);
    }, 'expected an ARN with a region, as eu-west-1'),
});

const RegistryHost = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]*[.:][a-z0-9.:-]*$/, 'expected a registry’s host, such as ghcr.io');

const ECR_HOST = /\.dkr\.ecr\b.*\.amazonaws\.com/;

/** Everything that can be set. */
const Settings = z.strictObject({
  /** When the night starts, `HH:MM`: after the bases have been rebuilt. */
  nightAt: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM')
    .default('02:00'),
  /** On whose clock. */
  nightTimeZone: z
    .string()
    .refine(isTimeZone, 'expected a time zone of IANA, such as Europe/Berlin')
    .default('Etc/UTC'),
  /** Within how many minutes after it; 0: on the minute. */
  nightWindowMinutes: z
    .int()
    .min(0, 'expected 0 to 240 minutes')
    .max(240, 'expected 0 to 240 minutes')
    .default(15),
  /** Upstream tags whose movement is recorded, `registry/repository:tag`. */
  watchedTags: z
    .array(
      z
        .string()
        .regex(TAGGED_IMAGE, 'expected registry/repository:tag')
        .refine(hasSoundHost, EXPECTED_ECR_HOST),
    )
    .refine((all) => new Set(all).size === all.length, 'expected each tag once')
    .default(['cgr.dev/chainguard/python:latest', 'cgr.dev/chainguard/python:latest-dev']),
  /** How far back images that these tags pointed at are read when a tag is first looked at, in days. */
  backfillDays: z
    .int()
    .min(0, 'expected 0 to 3650 days')
    .max(3650, 'expected 0 to 3650 days')
    .default(30),
  /** After an upgrade that wants more of images than was kept of them: how much one night pulls again. */
  reread: z
    .strictObject({
      images: z.int().min(0, 'expected 0 to 5000 images').max(5000).default(200),
      gigabytes: z.int().min(1, 'expected 1 to 10000 gigabytes').max(10_000).default(50),
    })
    .prefault({}),
  /** ECR of the stack's own account and region. */
  ecr: z
    .strictObject({
      /** Repositories that are watched whether or not anything of them runs; `*` is any text. */
      repositories: z
        .array(
          z
            .string()
            .regex(
              /^[a-z0-9*][a-z0-9._/*-]*$/,
              'expected a repository’s name, with * for any text',
            ),
        )
        .max(100)
        .default(['*']),
    })
    .prefault({}),
  /** Registries that ask for credentials, by host. */
  registries: z
    .record(RegistryHost, Secret)
    .superRefine((all, context) => {
      for (const host of otherPlaces(all)) {
        context.addIssue({ code: 'custom', path: [host, 'secret'], message: ONE_PLACE });
      }
    })
    .refine(
      (all) => !Object.keys(all).some((host) => ECR_HOST.test(host)),
      'ECR is asked with the rights of the functions: expected no host of its',
    )
    .default({}),
  /** Who is asked every night what runs, in the stack's own account and region. */
  orchestrators: z
    .strictObject({
      /** The tasks of every ECS cluster. */
      ecs: z.boolean().default(true),
      /** The Lambda functions that are images. */
      lambda: z.boolean().default(true),
      /** The pods of these clusters of EKS, by name. */
      eks: EksClusters,
    })
    .prefault({}),
  /** What runs besides: each image is what its tag points at in the night. */
  deployments: z
    .array(StaticDeployment)
    .refine(isEachOnce, 'expected each workload, container and platform once')
    .default([]),
  /** Other accounts and regions in which the orchestrators are asked too. */
  elsewhere: z
    .array(Elsewhere)
    .refine(
      (all) => new Set(all.map(({ name }) => name)).size === all.length,
      'expected each name once',
    )
    .default([]),
  /** Registries of ECR in other accounts and regions whose images run: the rights to read them. */
  ecrRegistries: z
    .array(EcrHost)
    // Each is named in the policies of four functions, which hold 10,240 characters (IAM quotas).
    .max(50)
    .refine((all) => new Set(all).size === all.length, 'expected each registry once')
    .default([]),
  /** Regions of AWS that opened after this version of Tidewatch came out: all others are known. */
  newRegions: z
    .array(z.string().regex(REGION, { error: ({ input }) => expectedRegion(String(input)) }))
    .max(20)
    .default([]),
  /** For how many days what runs now and then, or was scaled to zero, counts as running. */
  rememberDays: z
    .int()
    .min(0, 'expected 0 to 90 days')
    .max(90, 'expected 0 to 90 days')
    .default(14),
  /** From which severity on something is told. */
  alerts: z
    .strictObject({
      /** An advisory that hits what runs. */
      disclosed: Threshold.default('medium'),
      /** A finding that a new digest, or a workload that appears, brings. */
      regression: Threshold.default('high'),
      /** Decimal megabytes, compressed, above which an image is too large. @default none is */
      imageMegabytes: z
        .int()
        .min(1, 'expected 1 to 1000000 megabytes')
        .max(1_000_000, 'expected 1 to 1000000 megabytes')
        .optional(),
      /** Whether people get a line when a night tells nothing. */
      quietNight: z.boolean().default(true),
    })
    .prefault({}),
  /** A channel that is told what people are told. */
  slack: z
    .strictObject({
      /** Of the workspace that was authorised in the console. */
      workspaceId: z.string().regex(/^T[0-9A-Z]{2,254}$/, "expected a workspace's id, T…"),
      channelId: z.string().regex(/^[CG][0-9A-Z]{2,254}$/, "expected a channel's id, C… or G…"),
    })
    .optional(),
  alarms: OperationsConfig.alarms,
  retention: OperationsConfig.retention,
  data: OperationsConfig.data,
  /** The file that says what is not to be heard of, and until when. @default `suppressions.yaml`, which need not be there */
  suppressions: z.string().min(1, 'expected the name of a file').optional(),
  /** What others say is not affected. */
  vex: z
    .strictObject({
      /** Documents of OpenVEX, `.json`: reviewed as the file of suppressions is. */
      folder: z.string().min(1, 'expected the name of a folder').optional(),
      /**
       * Repositories (`registry/repository`, `*` for any text) that are trusted with documents that are
       * attached to their images: whoever may push there may silence findings. @default none
       */
      trustAttachedFrom: TrustedRepositories.default([]),
    })
    .prefault({}),
  /** Where advisories are read from, every night. */
  feeds: FeedsConfig.prefault({}),
});

/** `tidewatch.config.ts`. */
export const TidewatchConfig = Settings.superRefine((config, context) => {
  const problem = tooMuchToList(config);
  if (problem) context.addIssue({ code: 'custom', ...problem });
  for (const each of strangeRegions(config)) context.addIssue({ code: 'custom', ...each });
})
  .refine(
    ({ orchestrators, elsewhere }) =>
      [orchestrators, ...elsewhere].flatMap(({ eks }) => eks).length <= CLUSTERS_AT_MOST,
    {
      path: ['elsewhere'],
      message: `expected at most ${CLUSTERS_AT_MOST} clusters of EKS, those at home included`,
    },
  )
  .superRefine((config, context) => {
    for (const name of tooLong(config)) {
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `expected at most ${SETTINGS_BYTES} bytes, those of registries included where they are asked: it is a variable of a Lambda function`,
      });
    }
  });

export type TidewatchConfig = z.output<typeof TidewatchConfig>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  // Intl takes any case and offsets too; the scheduler takes names as the database writes them.
  const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
  if (timeZone !== name && timeZone.toLowerCase() === name.toLowerCase()) return false;
  return /^(?:UTC|[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*)+)$/.test(name);
}

function isEachOnce(all: readonly z.output<typeof StaticDeployment>[]): boolean {
  const lineages = all.map(({ workload, container, platform }) =>
    [workload, container, platform].join('|'),
  );
  return new Set(lineages).size === all.length;
}

/** Configurations that were checked. */
const defined = new WeakSet<object>();

/** Whether something is what `defineConfig` gave. */
export function isDefined(config: unknown): config is TidewatchConfig {
  return typeof config === 'object' && config !== null && defined.has(config);
}

/** Checks a configuration and fills in what it leaves out. @throws InvalidConfigError */
export function defineConfig(config: z.input<typeof TidewatchConfig>): TidewatchConfig {
  const result = TidewatchConfig.safeParse(config);
  if (!result.success) {
    const errors = describeConfigErrors(TidewatchConfig, config, result.error);
    const lines = errors.map((line) => `  ${line}`).join('\n');
    throw new InvalidConfigError(`bad configuration:\n${lines}`);
  }
  defined.add(result.data);
  return result.data;
}
