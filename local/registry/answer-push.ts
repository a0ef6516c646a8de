import { randomUUID } from 'node:crypto';
import { digestOf, isDigest } from '../../core/image/digest.ts';
import { type Answer, emptyAnswer } from './answer.ts';
import type { Route } from './parse-route.ts';
import type { RegistryContent } from './registry-content.ts';
import { RegistryRefusalError } from './registry-refusal.ts';

/** A request that changes something. */
export interface PushRequest {
  readonly route: Route;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly contentRange: string | undefined;
}

/** Pushing, as the OCI distribution specification has it. */
export interface PushDesk {
  /** @throws RegistryRefusalError */
  answer(request: PushRequest): Promise<Answer>;
}

interface Upload {
  readonly host: string;
  readonly repository: string;
  readonly chunks: Uint8Array[];
  size: number;
}

/** A desk with no uploads under way. */
export function createPushDesk(content: RegistryContent): PushDesk {
  const uploads = new Map<string, Upload>();
  return {
    async answer(request) {
      const { route, method } = request;
      switch (`${method} ${route.noun}`) {
        case 'PUT manifest':
          return await putManifest(content, request);
        case 'DELETE manifest':
          return deleteManifest(content, route);
        case 'DELETE blob':
          return removedAnswer(content.deleteBlob(nameOf(route), route.name), 'BLOB_UNKNOWN');
        case 'POST upload':
          return await startUpload(content, uploads, request);
        case 'PATCH upload':
          return appendUpload(uploads, request);
        case 'PUT upload':
          return await finishUpload(content, uploads, request);
        case 'GET upload':
          return progressAnswer(204, route, route.name, findUpload(uploads, route));
        case 'DELETE upload':
          return removedAnswer(uploads.delete(route.name), 'BLOB_UPLOAD_UNKNOWN');
        default:
          throw new RegistryRefusalError(405, 'UNSUPPORTED', `${method} ${route.noun}`);
      }
    },
  };
}

async function putManifest(
  content: RegistryContent,
  { route, body, contentType }: PushRequest,
): Promise<Answer> {
  const isByDigest = isDigest(route.name);
  if (isByDigest && digestOf(body) !== route.name) {
    throw new RegistryRefusalError(400, 'DIGEST_INVALID', route.name);
  }
  if (!isByDigest && !/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(route.name)) {
    throw new RegistryRefusalError(400, 'MANIFEST_INVALID', `no tag: ${route.name}`);
  }
  const name = nameOf(route);
  const digest = await content.putManifest(name, isByDigest ? null : route.name, body, contentType);
  const subject = content.manifests(name).get(digest)?.subject;
  return emptyAnswer(201, {
    location: `${route.base}/v2/${route.repository}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(subject && { 'oci-subject': subject }),
  });
}

function deleteManifest(content: RegistryContent, route: Route): Answer {
  const removed = isDigest(route.name)
    ? content.deleteManifest(nameOf(route), route.name)
    : content.deleteTag(nameOf(route), route.name);
  return removedAnswer(removed, 'MANIFEST_UNKNOWN');
}

function removedAnswer(removed: boolean, code: string): Answer {
  if (!removed) throw new RegistryRefusalError(404, code, 'nothing to delete');
  return emptyAnswer(202);
}

async function startUpload(
  content: RegistryContent,
  uploads: Map<string, Upload>,
  request: PushRequest,
): Promise<Answer> {
  const { route, query } = request;
  const mount = query.get('mount');
  if (mount && content.mountBlob(nameOf(route), query.get('from') ?? '', mount)) {
    return storedAnswer(route, mount);
  }
  const upload: Upload = { ...nameOf(route), chunks: [], size: 0 };
  if (query.has('digest')) return await storeUpload(content, upload, request);
  const id = randomUUID();
  uploads.set(id, upload);
  return progressAnswer(202, route, id, upload);
}

function appendUpload(uploads: Map<string, Upload>, request: PushRequest): Answer {
  const { route, body, contentRange } = request;
  const upload = findUpload(uploads, route);
  const start = contentRange?.split('-')[0];
  // A chunk out of order is told where to go on ("Pushing a blob in chunks").
  if (start && Number(start) !== upload.size) {
    return progressAnswer(416, route, route.name, upload);
  }
  addChunk(upload, body);
  return progressAnswer(202, route, route.name, upload);
}

async function finishUpload(
  content: RegistryContent,
  uploads: Map<string, Upload>,
  request: PushRequest,
): Promise<Answer> {
  const upload = findUpload(uploads, request.route);
  uploads.delete(request.route.name);
  return await storeUpload(content, upload, request);
}

async function storeUpload(
  content: RegistryContent,
  upload: Upload,
  { route, query, body }: PushRequest,
): Promise<Answer> {
  addChunk(upload, body);
  const digest = query.get('digest') ?? '';
  const bytes = Buffer.concat(upload.chunks, upload.size);
  if (digestOf(bytes) !== digest) throw new RegistryRefusalError(400, 'DIGEST_INVALID', digest);
  await content.putBlob(nameOf(route), bytes);
  return storedAnswer(route, digest);
}

function addChunk(upload: Upload, body: Uint8Array): void {
  upload.chunks.push(body);
  upload.size += body.byteLength;
}

function findUpload(uploads: Map<string, Upload>, route: Route): Upload {
  const upload = uploads.get(route.name);
  if (upload?.host !== route.host || upload.repository !== route.repository) {
    throw new RegistryRefusalError(404, 'BLOB_UPLOAD_UNKNOWN', route.name);
  }
  return upload;
}

function progressAnswer(status: number, route: Route, id: string, { size }: Upload): Answer {
  return emptyAnswer(status, {
    location: `${route.base}/v2/${route.repository}/blobs/uploads/${id}`,
    'docker-upload-uuid': id,
    range: `0-${Math.max(0, size - 1)}`,
  });
}

function storedAnswer(route: Route, digest: string): Answer {
  return emptyAnswer(201, {
    location: `${route.base}/v2/${route.repository}/blobs/${digest}`,
    'docker-content-digest': digest,
  });
}

function nameOf({ host, repository }: Route) {
  return { host, repository };
}
