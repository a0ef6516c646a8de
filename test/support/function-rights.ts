import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Annotations, Template } from 'aws-cdk-lib/assertions';
import type { TidewatchConfig } from '../../lib/tidewatch-config.ts';
import { TidewatchStack } from '../../lib/tidewatch-stack.ts';
import shipped from '../../tidewatch.config.ts';

export interface Synthesized {
  readonly template: Template;
  /** Warnings and errors of the synthesis. */
  readonly annotations: Annotations;
  /** What each function may do, as `s3:GetObject runs/*`, by the function's construct id. */
  readonly rights: ReadonlyMap<string, readonly string[]>;
}

/** The stack, without bundles. @default the shipped configuration */
export function synthesize(config: TidewatchConfig = shipped): Synthesized {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'));
  const app = new App({ context: { ...context, 'aws:cdk:bundling-stacks': [] } });
  const stack = new TidewatchStack(app, 'Tidewatch', { config });
  const template = Template.fromStack(stack);
  const names = constructNames(stack);
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  return {
    template,
    annotations: Annotations.fromStack(stack),
    rights: new Map(
      functions.map(([id, { Properties }]) => [
        names.get(id) ?? id,
        statementsOf(template, Properties.Role['Fn::GetAtt'][0]).flatMap(({ Action, Resource }) =>
          [Action]
            .flat()
            .flatMap((action) =>
              [Resource].flat().map((each) => `${action} ${textOf(names, each)}`),
            ),
        ),
      ]),
    ),
  };
}

/** Construct ids by logical id: `IndexedImages` for `PushesIndexedImagesQueue0ABC…`. */
function constructNames(stack: TidewatchStack): Map<string, string> {
  return new Map(
    stack.node.findAll().flatMap(({ node }): [string, string][] => {
      if (!node.defaultChild) return [];
      const name = node.id === 'Queue' ? (node.scope?.node.id ?? node.id) : node.id;
      return [[stack.getLogicalId(node.defaultChild as never), name]];
    }),
  );
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function statementsOf(template: Template, role: string): Statement[] {
  const inline = template.findResources('AWS::IAM::Role')[role]?.Properties.Policies ?? [];
  const attached = Object.values(template.findResources('AWS::IAM::Policy')).filter((policy) =>
    policy.Properties.Roles.some((each: { Ref: string }) => each.Ref === role),
  );
  return [...inline, ...attached.map(({ Properties }) => Properties)].flatMap(
    ({ PolicyDocument }) => PolicyDocument.Statement,
  );
}

/** A resource as people say it: keys without the bucket, what has no construct without the account. */
function textOf(names: ReadonlyMap<string, string>, resource: unknown): string {
  return flat(names, resource)
    .replace(/^Objects\//, '')
    .replace(/^.*:(?=(?:repository|task|cluster)\/|function:)/, '');
}

function flat(names: ReadonlyMap<string, string>, value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': join, Ref } = value as Record<string, unknown>;
  if (join) return (join as [string, unknown[]])[1].map((each) => flat(names, each)).join('');
  const id = attribute ? String((attribute as string[])[0]) : String(Ref);
  return names.get(id) ?? id;
}
