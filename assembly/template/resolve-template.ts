import { UnsupportedTemplateError } from './errors.ts';
import { type Identity, identify, physicalName } from './identities.ts';
import { arnIn, type Place } from './place.ts';
import type { Assembly, Template } from './read-assembly.ts';

/** A resource with everything in it resolved. */
export interface Resolved extends Identity {
  readonly logicalId: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface ResolvedTemplate {
  readonly resources: readonly Resolved[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Puts in what CloudFormation would: names, ARNs, pseudo parameters.
 *
 * @throws UnsupportedTemplateError for a function, parameter or attribute that it does not know
 */
export function resolveTemplate({ stackName, template }: Assembly, place: Place): ResolvedTemplate {
  const known = new Map<string, Resolved>();
  const resolve = createResolve(pseudoParameters(stackName, place), (id) => resourceOf(id));

  function resourceOf(logicalId: string): Resolved {
    const ready = known.get(logicalId);
    if (ready) return ready;
    const found = template.Resources[logicalId];
    if (!found) throw new UnsupportedTemplateError(`no resource or parameter ${logicalId}`);
    const properties = identifyingProperties(found.Type, found.Properties, resolve);
    const name = physicalName(stackName, found.Type, logicalId, properties);
    const named = { type: found.Type, logicalId, name, properties };
    const resolved = { ...named, ...identify(named, place) };
    known.set(logicalId, resolved);
    return resolved;
  }

  return {
    resources: Object.entries(template.Resources).map(([id, { Properties }]) => ({
      ...resourceOf(id),
      properties: resolve(Properties) as Values,
    })),
    outputs: Object.fromEntries(
      Object.entries(template.Outputs).map(([name, { Value }]) => [name, resolve(Value)]),
    ),
  };
}

/** What a name is made of; the rest may speak of resources that speak of this one. */
function identifyingProperties(
  type: string,
  properties: Template['Resources'][string]['Properties'],
  resolve: (value: unknown) => unknown,
): Values {
  const isIdentifying = (name: string) =>
    name.endsWith('Name') && (name !== 'FunctionName' || type.startsWith('AWS::Lambda::'));
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => isIdentifying(name) || name === 'Name')
      .map(([name, value]) => [name, resolve(value)]),
  );
}

/** The ARN by which CloudFormation knows a stack. */
export function stackIdOf({ stackName }: Pick<Assembly, 'stackName'>, place: Place): string {
  return arnIn(place, 'cloudformation', `stack/${stackName}/1`);
}

function pseudoParameters(stackName: string, { account, region }: Place): Values {
  return {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': stackIdOf({ stackName }, { account, region }),
    'AWS::NoValue': undefined,
  };
}

type ResourceOf = (logicalId: string) => Resolved;

function createResolve(pseudo: Values, resourceOf: ResourceOf) {
  const reference = (name: string): unknown =>
    name in pseudo ? pseudo[name] : resourceOf(name).ref;
  const attribute = ([id = '', name = '']: readonly string[]): string => {
    const value = resourceOf(id).attributes[name];
    if (value === undefined) throw new UnsupportedTemplateError(`no attribute ${id}.${name}`);
    return value;
  };
  /** `${Name}`, `${Resource.Attribute}`; `${!Literal}` stays. */
  const substitute = (text: string): string =>
    text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal, name) => {
      if (literal) return `\${${name}}`;
      return String(name.includes('.') ? attribute(name.split('.')) : reference(name));
    });

  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => reference(String(name)),
    'Fn::GetAtt': (path) => attribute(path as string[]),
    'Fn::Sub': (text) => substitute(String(text)),
    'Fn::Join': (argument) => {
      const [separator, parts] = resolve(argument) as [string, unknown[]];
      return parts.join(separator);
    },
    'Fn::Split': (argument) => {
      const [separator, text] = resolve(argument) as [string, string];
      return text.split(separator);
    },
    'Fn::Select': (argument) => {
      const [index, list] = resolve(argument) as [string, unknown[]];
      return list[Number(index)];
    },
  };

  function call(name: string, argument: unknown): unknown {
    const apply = functions[name];
    if (!apply) throw new UnsupportedTemplateError(`no emulation of ${name}`);
    return apply(argument);
  }

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((each) => each !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', argument] = entries[0] ?? [];
    const isFunction = name === 'Ref' || name.startsWith('Fn::');
    if (entries.length === 1 && isFunction) return call(name, argument);
    return Object.fromEntries(
      entries
        .map(([key, each]) => [key, resolve(each)] as const)
        .filter(([, each]) => each !== undefined),
    );
  }
  return resolve;
}
