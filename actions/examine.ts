import { type FunctionDiagnosis, passed, SelfCheckAnswer } from '../core/diagnosis/check-line.ts';
import { failureLine } from './self-check.ts';

/** Starts a function and waits for its answer. */
export interface FunctionInvoker {
  /** @throws FunctionFailedError when it answers with an error, and whatever the call itself throws */
  invoke(functionName: string, event: unknown): Promise<unknown>;
}

/** A function that could not start, or threw. */
export class FunctionFailedError extends Error {
  override readonly name: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.name = errorType || 'FunctionFailedError';
  }
}

export interface ExaminePorts {
  readonly invoker: FunctionInvoker;
  /** Names or ARNs of the functions, by what they are called. */
  readonly functions: Readonly<Record<string, string>>;
}

/** Of all functions, the one that knows what runs. */
const KNOWS_IMAGES = 'list-deployments';

/**
 * Has every function check itself, each with its own rights. The one that lists what runs
 * comes first: what it knows is what the others try to read.
 */
export async function examine(ports: ExaminePorts): Promise<readonly FunctionDiagnosis[]> {
  const names = Object.keys(ports.functions).sort();
  const first = await examineOne(ports, KNOWS_IMAGES, []);
  const others = await Promise.all(
    names
      .filter((name) => name !== KNOWS_IMAGES)
      .map((name) => examineOne(ports, name, first.images)),
  );
  return [first, ...others].map(({ images: _, ...diagnosis }) => diagnosis);
}

async function examineOne(
  { invoker, functions }: ExaminePorts,
  name: string,
  images: readonly string[],
): Promise<FunctionDiagnosis & { readonly images: readonly string[] }> {
  try {
    const answer = SelfCheckAnswer.parse(
      await invoker.invoke(functions[name] ?? name, { selfCheck: { images } }),
    );
    const lines = answer.lines.length > 0 ? answer.lines : [passed('start', 'starts')];
    return { function: name, lines, images: answer.images };
  } catch (error) {
    const remedy = 'Read the function’s log; if it never ran, deploy again.';
    return { function: name, lines: [failureLine('start', error, remedy)], images: [] };
  }
}
