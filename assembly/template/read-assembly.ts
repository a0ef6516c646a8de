import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { UnsupportedTemplateError } from './errors.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});

const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
});

/** A CloudFormation template, as far as it is read here. */
export type Template = z.output<typeof Template>;
export type Resource = z.output<typeof Resource>;

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      properties: z.object({ templateFile: z.string().optional() }).optional(),
    }),
  ),
});

const Assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.string() }),
      destinations: z.record(
        z.string(),
        z.object({ bucketName: z.string(), objectKey: z.string() }),
      ),
    }),
  ),
});

/** A file, and where a deployment puts it. */
interface AssetObject {
  readonly path: string;
  readonly bucket: string;
  readonly key: string;
}

/** What `cdk synth` made of one stack. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Folder of each asset, by its hash. */
  readonly assets: ReadonlyMap<string, string>;
  /** Files that are put into buckets as they are; `${…}` in their names stands for the place. */
  readonly objects: readonly AssetObject[];
}

/** Reads a `cdk.out` that holds one stack. @throws UnsupportedTemplateError */
export function readAssembly(folder: string): Assembly {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { artifacts } = Manifest.parse(read('manifest.json'));
  const stacks = Object.entries(artifacts).filter(
    ([, { type }]) => type === 'aws:cloudformation:stack',
  );
  const [stackName, { properties } = {}] = stacks[0] ?? [];
  if (!stackName || stacks.length !== 1 || !properties?.templateFile) {
    throw new UnsupportedTemplateError(`expected one stack in ${folder}, got ${stacks.length}`);
  }
  const { files } = Assets.parse(read(`${stackName}.assets.json`));
  return {
    stackName,
    template: Template.parse(read(properties.templateFile)),
    assets: new Map(
      Object.entries(files).map(([hash, { source }]) => [hash, join(folder, source.path)]),
    ),
    objects: Object.values(files)
      .filter(
        ({ source }) => source.packaging === 'file' && !source.path.endsWith('.template.json'),
      )
      .flatMap(({ source, destinations }) =>
        Object.values(destinations).map(({ bucketName, objectKey }) => ({
          path: join(folder, source.path),
          bucket: bucketName,
          key: objectKey,
        })),
      ),
  };
}
