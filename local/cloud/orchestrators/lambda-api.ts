import type { JsonAnswer, JsonCall } from '../start-json-server.ts';
import { pageOf } from './page-of.ts';

/** A function in the words of the Lambda API Reference (GetFunction). */
export interface EmbeddedFunction {
  /** @default 'Image' */
  readonly PackageType?: string;
  readonly Architectures?: readonly string[];
  readonly Code?: Readonly<Record<string, string>>;
}

/** What Lambda is asked about. */
export interface LambdaState {
  /** By name. */
  readonly functions: ReadonlyMap<string, EmbeddedFunction>;
}

export const FUNCTIONS = '/2015-03-31/functions';

/** The most that ListFunctions gives (Lambda API Reference). */
const LONGEST_PAGE = 50;

/** Lambda as far as its list of functions goes: REST JSON. */
export function answerLambda(
  { functions }: LambdaState,
  { name, query }: JsonCall,
  mostItems: number,
): JsonAnswer {
  // The SDK has a slash at the end, the API Reference too.
  if (/^GET \/2015-03-31\/functions\/?$/.test(name)) {
    const size = Math.min(Number(query.get('MaxItems') ?? LONGEST_PAGE), LONGEST_PAGE, mostItems);
    const page = pageOf([...functions], query.get('Marker'), size);
    if (!page) return { error: 'InvalidParameterValueException', message: 'Invalid marker' };
    const Functions = page.items.map(([each, one]) => configurationOf(each, one));
    return { output: { Functions, ...(page.next && { NextMarker: page.next }) } };
  }
  const asked = name.slice(`GET ${FUNCTIONS}/`.length);
  const found = functions.get(asked);
  if (!found) {
    return { error: 'ResourceNotFoundException', status: 404, message: 'Function not found' };
  }
  return { output: { Configuration: configurationOf(asked, found), Code: found.Code } };
}

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
