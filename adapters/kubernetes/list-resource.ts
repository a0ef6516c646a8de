import * as z from 'zod';
import type { ReadPages } from '../aws/read-pages.ts';
import {
  AnswerTooLargeError,
  type KubernetesAnswer,
  type KubernetesRequest,
  type SendKubernetes,
  UnsafeEndpointError,
} from './send-kubernetes.ts';

/** A cluster's API, and how patient to be with it. */
export interface KubernetesApi {
  /** `https://….eks.amazonaws.com`; may have a path. */
  readonly endpoint: string;
  readonly send: SendKubernetes;
  /** A bearer token that is good for some minutes. */
  readonly token: () => Promise<string>;
  /** Ends everything that is asked of this cluster. */
  readonly deadline: AbortSignal;
  /** Waits milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A list of the API. */
export interface KubernetesList<Item> {
  /** Below the endpoint: `api/v1/pods`. */
  readonly path: string;
  /** Whether names, labels and owners are enough. */
  readonly metadataOnly?: boolean;
  /** What is kept of an item. @throws z.ZodError for one that cannot be read */
  readonly read: (item: unknown) => Item;
}

/** Items a page, as kubectl asks for them; the API may give fewer. */
const PAGE_SIZE = 500;

/** Of one list: 200,000 items, twice what Kubernetes says a cluster may have (Considerations for large clusters). */
const PAGES = 400;

const ATTEMPTS = 5;

/** A page's token lives some five minutes (API Concepts, "Retrieving large results sets in chunks"). */
const RESTARTS = 3;

/** Milliseconds of one attempt. */
const PATIENCE = 30_000;

/** Milliseconds that are waited at most, whatever the API asks for. */
const LONGEST_WAIT = 30_000;

/** Only the names and owners of things, not what they are (API Concepts, "Alternate representations of resources"). */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const Page = z.object({
  metadata: z.object({ continue: z.string().nullish() }),
  // A list without items may come as null.
  items: z.array(z.unknown()).nullable(),
});

/** What a call came to that no further attempt would mend. */
class ListFailure extends Error {
  override readonly name = 'ListFailure';
}

/** A page's token that is too old: the list has to be begun anew. */
class ExpiredError extends Error {
  override readonly name = 'ExpiredError';
}

/**
 * Reads a list to its end, page by page; what came before it broke off is kept. Never throws for
 * an API that fails, or that says what nobody can read.
 */
export async function listResource<Item>(
  api: KubernetesApi,
  list: KubernetesList<Item>,
): Promise<ReadPages<Item>> {
  const call = `GET ${resourceOf(list.path)}`;
  for (let restarts = 0; ; restarts++) {
    const items: Item[] = [];
    try {
      const problems = await readList(api, list, items);
      return { items, failure: problems.length > 0 ? `${call}: ${problems.join('; ')}` : null };
    } catch (error) {
      if (error instanceof ExpiredError && restarts < RESTARTS) continue;
      return { items, failure: `${call}: ${reasonOf(error)}` };
    }
  }
}

/** Fills `items`; says what could not be read. */
async function readList<Item>(
  api: KubernetesApi,
  list: KubernetesList<Item>,
  items: Item[],
): Promise<readonly string[]> {
  const unread: string[] = [];
  for await (const page of pagesOf(api, list)) {
    unread.push(...(page.items ?? []).flatMap((item) => keep(items, list.read, item) ?? []));
  }
  return firstOf(unread);
}

async function* pagesOf(
  api: KubernetesApi,
  { path, metadataOnly }: Pick<KubernetesList<unknown>, 'path' | 'metadataOnly'>,
): AsyncGenerator<z.output<typeof Page>, void> {
  const tokens = new Set<string>();
  for (let next: string | undefined; ; ) {
    const page = await getPage(api, requestOf(api, path, metadataOnly, next));
    yield page;
    next = page.metadata.continue || undefined;
    if (next === undefined) return;
    if (tokens.has(next)) throw new ListFailure('its pages go round in circles');
    tokens.add(next);
    if (tokens.size >= PAGES) throw new ListFailure(`more than ${PAGES} pages`);
  }
}

/** Adds what is kept of an item, or says why it could not be read. */
function keep<Item>(
  items: Item[],
  read: KubernetesList<Item>['read'],
  item: unknown,
): string | undefined {
  try {
    items.push(read(item));
    return undefined;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    return `${nameOf(item)}: ${issue?.path.join('.')}: ${issue?.message}`;
  }
}

function firstOf(unread: readonly string[]): readonly string[] {
  return unread.length > 3 ? [...unread.slice(0, 3), `and ${unread.length - 3} more`] : unread;
}

function requestOf(
  { endpoint }: KubernetesApi,
  path: string,
  metadataOnly: boolean | undefined,
  next: string | undefined,
): KubernetesRequest {
  const url = new URL(path, endpoint.endsWith('/') ? endpoint : `${endpoint}/`);
  url.searchParams.set('limit', String(PAGE_SIZE));
  if (next !== undefined) url.searchParams.set('continue', next);
  return {
    url,
    resource: resourceOf(path),
    accept: metadataOnly ? METADATA : 'application/json',
  };
}

/** Attempts until a page is there, or until no further attempt would mend it. */
async function getPage(
  api: KubernetesApi,
  request: KubernetesRequest,
): Promise<z.output<typeof Page>> {
  let refusals = 0;
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(api, request);
    if ('page' in outcome) return outcome.page;
    // A token that is not taken may have aged on its way: the next attempt has a new one.
    if (outcome.status === 401 && ++refusals > 1) throw new ListFailure(outcome.reason);
    if (attempt === ATTEMPTS) throw new ListFailure(`${outcome.reason}, ${attempt} times`);
    await api.sleep(waitBefore(attempt, outcome.retryAfter));
    if (api.deadline.aborted) throw new ListFailure(`${outcome.reason}, until the deadline`);
  }
}

type Outcome =
  | { readonly page: z.output<typeof Page> }
  | { readonly reason: string; readonly status: number; readonly retryAfter: string | undefined };

/** One attempt. @throws ListFailure, ExpiredError */
async function attemptOnce(api: KubernetesApi, request: KubernetesRequest): Promise<Outcome> {
  const patience = AbortSignal.any([AbortSignal.timeout(PATIENCE), api.deadline]);
  try {
    const answer = await api.send(request, await api.token(), patience);
    if (answer.status === 200) return { page: readPage(answer) };
    const { status, retryAfter } = answer;
    const reason = `${status} ${messageOf(answer)}`;
    if (status === 410) throw new ExpiredError(reason);
    if (status === 401 || status === 429 || status >= 500) return { reason, status, retryAfter };
    throw new ListFailure(reason);
  } catch (error) {
    if (api.deadline.aborted) throw new ListFailure('not read before the deadline');
    if (isFinal(error)) throw error;
    return { reason: reasonOf(error), status: 0, retryAfter: undefined };
  }
}

function isFinal(error: unknown): boolean {
  return [ListFailure, ExpiredError, AnswerTooLargeError, UnsafeEndpointError].some(
    (kind) => error instanceof kind,
  );
}

function readPage({ body, contentType }: KubernetesAnswer): z.output<typeof Page> {
  const page = Page.safeParse(parsed(body));
  if (page.success) return page.data;
  throw new ListFailure(`an answer that is no list (${contentType}): ${excerpt(body)}`);
}

const Status = z.object({ message: z.string() });

/** What the API says of a failure (API Concepts, `Status`), or the begin of whatever it said. */
function messageOf({ body }: KubernetesAnswer): string {
  const status = Status.safeParse(parsed(body));
  return excerpt(status.success ? status.data.message : body);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Some of a text from outside, on one line. */
function excerpt(text: string): string {
  const line = text
    .slice(0, 400)
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line || 'without a message';
}

/** Seconds that were asked for, else longer each time (milliseconds). */
function waitBefore(attempt: number, retryAfter: string | undefined): number {
  const asked = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 0;
  const own = Math.random() * 500 * 2 ** attempt;
  return Math.min(LONGEST_WAIT, Math.max(asked, own));
}

/** `pods` of `api/v1/pods`. */
function resourceOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const Named = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string().optional() }),
});

function nameOf(item: unknown): string {
  const named = Named.safeParse(item);
  if (!named.success) return 'an item without a name';
  const { name, namespace } = named.data.metadata;
  return excerpt(namespace ? `${namespace}/${name}` : name);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
