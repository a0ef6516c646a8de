import type { JsonAnswer, JsonCall } from '../start-json-server.ts';
import { pageOf } from './page-of.ts';

/** A version of a function in the words of the Lambda API Reference (GetFunction). */
interface EmbeddedVersion {
  readonly Architectures?: readonly string[];
  readonly Code?: Readonly<Record<string, string>>;
}

/** A function: its unpublished version, and what was published. */
export interface EmbeddedFunction extends EmbeddedVersion {
  /** @default 'Image' */
  readonly PackageType?: string;
  /** By number. */
  readonly versions?: Readonly<Record<string, EmbeddedVersion>>;
  readonly aliases?: readonly EmbeddedAlias[];
}

/** In the words of the Lambda API Reference (AliasConfiguration). */
interface EmbeddedAlias {
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly RoutingConfig?: { readonly AdditionalVersionWeights: Readonly<Record<string, number>> };
}

/** What Lambda is asked about. */
export interface LambdaState {
  /** By name. */
  readonly functions: ReadonlyMap<string, EmbeddedFunction>;
}

export const FUNCTIONS = '/2015-03-31/functions';

/** The most that ListFunctions and ListAliases give (Lambda API Reference). */
const LONGEST_PAGE = 50;

/** Lambda as far as its lists of functions and aliases go: REST JSON. */
export function answerLambda(
  { functions }: LambdaState,
  { name, query }: JsonCall,
  mostItems: number,
): JsonAnswer {
  const page = <Item>(all: readonly Item[]) => {
    const size = Math.min(Number(query.get('MaxItems') ?? LONGEST_PAGE), LONGEST_PAGE, mostItems);
    return pageOf(all, query.get('Marker'), size);
  };
  // The SDK has a slash at the end, the API Reference too.
  if (/^GET \/2015-03-31\/functions\/?$/.test(name)) {
    const found = page([...functions]);
    if (!found) return INVALID_MARKER;
    const Functions = found.items.map(([each, one]) => configurationOf(each, one));
    return { output: { Functions, ...(found.next && { NextMarker: found.next }) } };
  }
  const [asked = '', part] = name.slice(`GET ${FUNCTIONS}/`.length).split('/');
  const found = functions.get(asked);
  if (!found) return NOT_FOUND;
  if (part === 'aliases') {
    const aliases = page(found.aliases ?? []);
    if (!aliases) return INVALID_MARKER;
    return {
      output: { Aliases: aliases.items, ...(aliases.next && { NextMarker: aliases.next }) },
    };
  }
  const qualifier = query.get('Qualifier');
  const version = qualifier === null ? found : found.versions?.[qualifier];
  if (!version) return NOT_FOUND;
  return { output: { Configuration: configurationOf(asked, version), Code: version.Code } };
}

const INVALID_MARKER: JsonAnswer = {
  error: 'InvalidParameterValueException',
  message: 'Invalid marker',
};
const NOT_FOUND: JsonAnswer = {
  error: 'ResourceNotFoundException',
  status: 404,
  message: 'Function not found',
};

function configurationOf(
  FunctionName: string,
  { PackageType = 'Image', Architectures }: EmbeddedFunction,
) {
  return {
    FunctionName,
    FunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`,
    PackageType,
    ...(Architectures && { Architectures }),
  };
}
