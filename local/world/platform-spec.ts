import * as z from 'zod';
import { formatPlatform, type Platform } from '../../core/image/platform.ts';
import { ImageTag } from './image-tag.ts';
import { LayerSpec } from './layer-spec.ts';

const EPOCH = '1970-01-01T00:00:00Z';

const Command = z.array(z.string());
/** Sets of the image configuration (`{"8080/tcp": {}}`). */
const Names = z.record(z.string().min(1), z.strictObject({}));

/** Docker's extension of the OCI config; times are nanoseconds. */
const Healthcheck = z.strictObject({
  Test: Command.optional(),
  Interval: z.number().int().nonnegative().optional(),
  Timeout: z.number().int().nonnegative().optional(),
  StartPeriod: z.number().int().nonnegative().optional(),
  StartInterval: z.number().int().nonnegative().optional(),
  Retries: z.number().int().nonnegative().optional(),
});

/** The `config` object of OCI image-spec config.md, with the fields that Docker adds. */
const ContainerConfig = z.strictObject({
  User: z.string().optional(),
  Env: z.array(z.string().regex(/^[^=]+=/, 'not NAME=value')).optional(),
  Entrypoint: Command.optional(),
  Cmd: Command.optional(),
  WorkingDir: z.string().optional(),
  Labels: z.record(z.string(), z.string()).optional(),
  Healthcheck: Healthcheck.optional(),
  ExposedPorts: Names.optional(),
  Volumes: Names.optional(),
  StopSignal: z.string().optional(),
  StopTimeout: z.number().int().optional(),
  ArgsEscaped: z.boolean().optional(),
  OnBuild: Command.optional(),
  Shell: Command.optional(),
});

/** One platform of a pushed image. */
export const PlatformSpec = z.strictObject({
  /** An image pushed before: its layers come first. Its config is not inherited. */
  base: ImageTag.optional(),
  layers: z.array(LayerSpec),
  config: ContainerConfig.optional(),
  created: z.iso.datetime({ offset: true }).default(EPOCH),
});
export type PlatformSpec = z.output<typeof PlatformSpec>;

/** A platform's name in a world file, in the form that `formatPlatform` gives. */
export const PlatformName = z
  .string()
  .regex(/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/, 'not os/architecture[/variant]')
  .transform((name) => formatPlatform(parsePlatformName(name)));

/** The parts of a valid platform name. */
export function parsePlatformName(name: string): Platform {
  const [os = '', architecture = '', variant] = name.split('/');
  return { os, architecture, variant };
}
