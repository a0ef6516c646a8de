import { MEDIA_TYPES } from '../../core/image/manifest.ts';
import { type Answer, emptyAnswer, jsonAnswer } from './answer.ts';
import type { Route } from './parse-route.ts';
import type { RegistryContent } from './registry-content.ts';
import { RegistryRefusalError } from './registry-refusal.ts';

/** Moves on one page of a tag's history, as `cgr.dev` has it. */
const HISTORY_PAGE = 1000;

/** A request that only reads; HEAD is answered as GET, its body is left out when it is written. */
interface PullRequest {
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly range: string | undefined;
}

/** @throws RegistryRefusalError */
export async function answerPull(content: RegistryContent, request: PullRequest): Promise<Answer> {
  switch (request.route.noun) {
    case 'ping':
      return jsonAnswer(200, {}, { 'docker-distribution-api-version': 'registry/2.0' });
    case 'manifest':
      return await manifestAnswer(content, request.route);
    case 'blob':
      return await blobAnswer(content, request);
    case 'tags':
      return tagsAnswer(content, request);
    case 'referrers':
      return referrersAnswer(content, request);
    case 'history':
      return historyAnswer(content, request);
    default:
      throw new RegistryRefusalError(405, 'UNSUPPORTED', 'nothing to read here');
  }
}

async function manifestAnswer(content: RegistryContent, route: Route): Promise<Answer> {
  const manifest = await content.readManifest(route, route.name);
  if (!manifest) throw new RegistryRefusalError(404, 'MANIFEST_UNKNOWN', route.name);
  const { bytes, digest, facts } = manifest;
  return {
    status: 200,
    headers: { 'content-type': facts.mediaType, 'docker-content-digest': digest },
    body: bytes,
  };
}

async function blobAnswer(content: RegistryContent, request: PullRequest): Promise<Answer> {
  const { route, range } = request;
  const bytes = await content.readBlob(route, route.name);
  if (!bytes) throw new RegistryRefusalError(404, 'BLOB_UNKNOWN', route.name);
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': route.name,
    'accept-ranges': 'bytes',
  };
  if (!range) return { status: 200, headers, body: bytes };
  return rangeAnswer(bytes, range, headers);
}

/** One range of bytes (RFC 9110, section 14.1.2). */
function rangeAnswer(
  bytes: Uint8Array,
  range: string,
  headers: Readonly<Record<string, string>>,
): Answer {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const size = bytes.byteLength;
  const start = first ? Number(first) : size - Number(last);
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
  if (!(first || last) || start < 0 || start > end) {
    return emptyAnswer(416, { 'content-range': `bytes */${size}` });
  }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${start}-${end}/${size}` },
    body: bytes.subarray(start, end + 1),
  };
}

function tagsAnswer(content: RegistryContent, { route, query }: PullRequest): Answer {
  const known = content.tags(route);
  if (!known) throw new RegistryRefusalError(404, 'NAME_UNKNOWN', route.repository);
  const last = query.get('last') ?? '';
  const rest = [...known.keys()].sort().filter((tag) => tag > last);
  const limit = query.has('n') ? Number(query.get('n')) : rest.length;
  if (!Number.isInteger(limit) || limit < 0) {
    throw new RegistryRefusalError(400, 'PAGINATION_NUMBER_INVALID', String(query.get('n')));
  }
  const tags = rest.slice(0, limit);
  const more = new URLSearchParams({ n: String(limit), last: tags.at(-1) ?? '' });
  const next = `<${route.base}/v2/${route.repository}/tags/list?${more}>; rel="next"`;
  const hasMore = tags.length > 0 && tags.length < rest.length;
  return jsonAnswer(200, { name: route.repository, tags }, hasMore ? { link: next } : {});
}

function referrersAnswer(content: RegistryContent, { route, query }: PullRequest): Answer {
  const wanted = query.get('artifactType');
  const manifests = [...content.manifests(route)]
    .filter(([, { subject }]) => subject === route.name)
    .filter(([, { artifactType }]) => !wanted || artifactType === wanted)
    .map(([digest, { subject: _, ...facts }]) => ({ digest, ...facts }));
  return jsonAnswer(
    200,
    { schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests },
    {
      'content-type': MEDIA_TYPES.ociIndex,
      ...(wanted && { 'oci-filters-applied': 'artifactType' }),
    },
  );
}

function historyAnswer(content: RegistryContent, { route, query }: PullRequest): Answer {
  const moves = content.history(route, route.name);
  if (moves.length === 0) throw new RegistryRefusalError(404, 'MANIFEST_UNKNOWN', route.name);
  const start = timeOf(query.get('start')) ?? Number.NEGATIVE_INFINITY;
  const end = timeOf(query.get('end')) ?? Number.POSITIVE_INFINITY;
  const history = moves
    .filter(({ at }) => Date.parse(at) >= start && Date.parse(at) <= end)
    .slice(0, HISTORY_PAGE)
    .map(({ at, digest }) => ({ updateTimestamp: at, digest }));
  return jsonAnswer(200, { history });
}

function timeOf(text: string | null): number | undefined {
  if (!text) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new RegistryRefusalError(400, 'UNSUPPORTED', `no time: ${text}`);
  return time;
}
