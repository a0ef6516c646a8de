import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const BLOCK = 512;
const CHUNK_SIZE = 1024 * 1024;
const LETTERS = '23456789cfghjmpqrvwx';
const STATUSES = ['detection', 'true_positive_determination', 'pending_upstream_fix', 'fixed'];
const LOCATION = '/usr/lib/go/src/vendor/modules.txt';

/**
 * Writes a gzipped tar of made-up records in the shape of Chainguard's OSV v3: one a
 * package, architecture and component, a quarter of them for Wolfi too, some cleared
 * (`fixed: 0`), some without fix, a few withdrawn.
 */
export async function writeAdvisoryArchive(path: string, records: number): Promise<void> {
  await pipeline(
    Readable.from(archive(records)),
    createGzip({ level: 1, chunkSize: CHUNK_SIZE }),
    createWriteStream(path),
  );
}

async function* archive(records: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for (let n = 0; n < records; n++) {
    const { id, text } = record(n);
    const body = Buffer.from(text);
    parts.push(header(`${id}.json`, body.length), body, Buffer.alloc(-body.length & (BLOCK - 1)));
    size += body.length;
    if (size < CHUNK_SIZE) continue;
    yield Buffer.concat(parts);
    [parts, size] = [[], 0];
  }
  yield Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** POSIX ustar, as far as a reader looks. */
function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  // The checksum is taken with blanks in its place.
  block.write('        0', 148);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function record(n: number): { readonly id: string; readonly text: string } {
  const id = idOf(n);
  // Twelve records of a CVE in a package: two architectures, its sub-packages and components.
  const group = Math.floor(n / 12);
  const arch = n % 2 ? 'x86_64' : 'aarch64';
  const part = Math.floor((n % 12) / 2);
  const origin = `package-${(group * 7919) % 8000}-${group % 40}.${group % 7}`;
  const name = part < 3 ? origin : `${origin}-${['dev', 'doc', 'base'][part % 3]}`;
  const version = `${group % 30}.${group % 17}.${part}-r${group % 9}`;
  const time = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString().replace('.000', '');
  const affected = (ecosystem: string) => ({
    package: {
      ecosystem,
      name,
      purl: `pkg:apk/${ecosystem.toLowerCase()}/${name}?arch=${arch}`,
    },
    ranges: [{ type: 'ECOSYSTEM', events: eventsOf(n, version) }],
    ecosystem_specific: {
      components: [
        {
          component_location: part === 0 ? '/.PKGINFO' : LOCATION,
          component_name: part === 0 ? name : `example.org/module-${n % 900}`,
          component_purl: `pkg:golang/example.org/module-${n % 900}@v1.${n % 50}.0`,
          component_type: part === 0 ? 'apk' : 'go-module',
          component_version: `v1.${n % 50}.0`,
          latest_event_status: STATUSES[n % STATUSES.length],
          latest_event_timestamp: time,
        },
      ],
    },
    database_specific: {
      chainguard: { applies_to_subpackages: part === 0 },
      source: `https://advisories.example/v3/osv/${id}.json`,
    },
  });
  const upstream = [`CVE-2026-${9_000_000 + (group % 90_000)}`];
  if (group % 3 === 0) upstream.push(`GHSA-${id.slice(4)}`);
  const json = {
    id,
    modified: time,
    published: time,
    ...(n % 50 === 0 && { withdrawn: time }),
    upstream,
    affected: [affected('Chainguard'), ...(group % 4 === 0 ? [affected('Wolfi')] : [])],
  };
  return { id, text: JSON.stringify(json) };
}

/** A quarter is cleared, a fifth has no fix, the rest one. */
function eventsOf(n: number, version: string): Record<string, string>[] {
  if (n % 4 === 0) return [{ introduced: '0' }, { fixed: '0' }];
  return n % 5 === 0 ? [{ introduced: '0' }] : [{ introduced: '0' }, { fixed: version }];
}

/** As random as real ids: they come in no order. */
function idOf(n: number): string {
  let rest = (n * 2_654_435_761) % 2 ** 40;
  let letters = '';
  for (let i = 0; i < 12; i++) {
    letters += LETTERS[rest % LETTERS.length];
    rest = Math.floor(rest / LETTERS.length) + (i === 5 ? n : 0);
  }
  return `CGA-${letters.match(/.{4}/g)?.join('-')}`;
}
