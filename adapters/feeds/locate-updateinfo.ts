import { type Clock, FeedUnavailableError } from '../../actions/ports.ts';
import { checkAnswer } from '../registry/check-answer.ts';
import { type Http, readBody } from '../registry/create-http.ts';
import { mayFollow } from '../registry/registry-endpoints.ts';
import { isInS3 } from './feed-url.ts';
import { messageOf } from './parse-record.ts';
import { createXmlReader } from './read-xml.ts';

/** Where Amazon's repositories lie; what stands in for it has the same paths below it. */
export const AMAZON_CDN = 'https://cdn.amazonlinux.com';

/** Both are small: a few lines, and some kilobytes. */
const MIRROR_LIST_LIMIT = 64 * 1024;
const REPOMD_LIMIT = 4 * 1024 * 1024;

/** A repository's list of updates, as its `repomd.xml` names it. */
export interface Updateinfo {
  readonly url: URL;
  /** Node's name of the hash. */
  readonly algorithm: string;
  /** Hex. */
  readonly checksum: string;
  /** Bytes as they are sent, or `null`. */
  readonly size: number | null;
}

/** What questions are asked with. */
export interface Questions {
  readonly http: Http;
  readonly clock: Clock;
  /** Attempts until one succeeds or patience ends. */
  call<Result>(attempt: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
}

/**
 * Finds a repository's list of updates the way dnf does: the list of mirrors names where the
 * repository lies, and its `repomd.xml` the list, with its checksum. Of several mirrors the first
 * that answers counts.
 *
 * @param base what stands in for Amazon's own host, without a slash at its end
 * @throws FeedUnavailableError; what the questions throw
 */
export async function locateUpdateinfo(
  questions: Questions,
  base: URL,
  mirrorList: string,
): Promise<Updateinfo> {
  const url = new URL(`${base.href.replace(/\/+$/, '')}/${mirrorList}`);
  const lines = (await askText(questions, url, MIRROR_LIST_LIMIT)).split(/\r?\n/);
  const mirrors = lines.map((line) => line.trim()).filter((line) => /^[^#]/.test(line));
  if (mirrors.length === 0) throw new FeedUnavailableError(`${url.href}: names no mirror`);
  const failures: unknown[] = [];
  for (const mirror of mirrors) {
    try {
      return await askRepository(questions, repositoryOf(base, mirror));
    } catch (error) {
      failures.push(error);
    }
  }
  const [first] = failures;
  const more = failures.length > 1 ? `; and ${failures.length - 1} more mirrors` : '';
  throw new FeedUnavailableError(`${messageOf(first)}${more}`, { cause: first });
}

/** A copy of Amazon's tree names Amazon's host in its lists of mirrors: what lies below it is meant there too. */
function repositoryOf(base: URL, mirror: string): URL {
  const copied = mirror.startsWith(`${AMAZON_CDN}/`)
    ? `${base.href.replace(/\/+$/, '')}/${mirror.slice(AMAZON_CDN.length + 1)}`
    : mirror;
  const url = URL.parse(`${copied.replace(/\/+$/, '')}/`);
  const isTaken = url && (mayFollow(base, url) || (isInS3(url) && url.host === base.host));
  if (!isTaken) {
    throw new FeedUnavailableError(
      `a mirror that we would not read from: ${JSON.stringify(mirror)}`,
    );
  }
  return url;
}

async function askRepository(questions: Questions, repository: URL): Promise<Updateinfo> {
  const url = new URL('repodata/repomd.xml', repository);
  const text = await askText(questions, url, REPOMD_LIMIT);
  try {
    return readRepomd(text, repository);
  } catch (cause) {
    throw new FeedUnavailableError(`${url.href}: ${messageOf(cause)}`, { cause });
  }
}

async function askText({ http, clock, call }: Questions, url: URL, limit: number): Promise<string> {
  const what = url.href;
  return call(async (signal) => {
    const request = { kind: 'feed', method: 'GET', url, what, headers: {} } as const;
    const answer = await http.request(request, undefined, signal);
    await checkAnswer(answer, what, clock.now());
    return new TextDecoder().decode(await readBody(answer, limit, what));
  });
}

/** Hashes that we check by (repomd's name, Node's). */
const HASHES: Readonly<Record<string, string>> = {
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
};

/** https://github.com/rpm-software-management/createrepo_c/blob/master/src/xml_dump_repomd.c */
function readRepomd(text: string, repository: URL): Updateinfo {
  const found = { href: '', checksum: '', type: '', size: '' };
  const names: string[] = [];
  let isUpdateinfo = false;
  const reader = createXmlReader({
    open(name, attributes) {
      names.push(name);
      if (names.length === 2) isUpdateinfo = name === 'data' && attributes.type === 'updateinfo';
      if (!isUpdateinfo || names.length !== 3) return;
      if (name === 'location') found.href = attributes.href ?? '';
      if (name === 'checksum') found.type = attributes.type ?? '';
    },
    text(piece) {
      const name = names[2];
      if (!isUpdateinfo || names.length !== 3) return;
      if (name === 'checksum' || name === 'size') found[name] += piece;
    },
    close: () => void names.pop(),
  });
  reader.write(new TextEncoder().encode(text));
  reader.end();
  return updateinfoOf(found, repository);
}

function updateinfoOf(
  { href, checksum, type, size }: Record<'href' | 'checksum' | 'type' | 'size', string>,
  repository: URL,
): Updateinfo {
  if (href === '') throw new Error('it has no list of updates');
  const url = new URL(href, repository);
  if (!url.href.startsWith(repository.href)) {
    throw new Error(`its list of updates lies elsewhere: ${JSON.stringify(href)}`);
  }
  const algorithm = HASHES[type];
  if (!algorithm || !/^[0-9a-f]{64,128}$/i.test(checksum.trim())) {
    throw new Error(
      `its list of updates has no checksum that we know, but ${JSON.stringify(type)}`,
    );
  }
  const bytes = /^\d+$/.test(size.trim()) ? Number(size) : null;
  return { url, algorithm, checksum: checksum.trim().toLowerCase(), size: bytes };
}
