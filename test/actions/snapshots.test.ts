import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { RecordBatch } from '../../actions/ports.ts';
import { ObjectMissingError } from '../../actions/ports.ts';
import { KeyNotLookedUpError, openSnapshot } from '../../actions/read-snapshot.ts';
import { writeSnapshot } from '../../actions/write-snapshot.ts';
import { unpackBlock } from '../../core/advisory/block.ts';
import { compileRecord } from '../../core/advisory/compile-record.ts';
import { parseOsvRecord, UnreadableRecord } from '../../core/advisory/osv.ts';
import { SNAPSHOT_FORMAT, type SnapshotIndex } from '../../core/advisory/snapshot.ts';
import { decodeObject, encodeObject, MalformedObjectError } from '../../core/object/json-object.ts';
import { createMemoryObjectStore, type MemoryObjectStore } from '../support/memory-object-store.ts';

interface RecordOptions {
  readonly id: string;
  readonly name?: string;
  readonly fixed?: string;
  readonly modified?: string;
}

function aRecord({
  id,
  name = 'zlib',
  fixed = '1.3-r1',
  modified = '2026-01-01T00:00:00Z',
}: RecordOptions) {
  return {
    id,
    modified,
    upstream: ['CVE-2026-1'],
    affected: [
      {
        package: { ecosystem: 'Wolfi', name, purl: `pkg:apk/wolfi/${name}?arch=x86_64` },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }, { limit: '9' }] }],
        versions: ['1', 'ü'],
      },
    ],
  };
}

/** Some by some, as a feed gives them. */
async function* stream(records: readonly unknown[]): AsyncGenerator<RecordBatch> {
  for (let at = 0; at < records.length; at += 3) yield records.slice(at, at + 3);
}

function write(records: readonly unknown[], objects = createMemoryObjectStore()) {
  return writeSnapshot(objects, 'chainguard', stream(records));
}

function bytesAt(objects: MemoryObjectStore, key: string): Uint8Array {
  return objects.objects.get(key) ?? new Uint8Array();
}

const ZLIB = { ecosystem: 'Wolfi', name: 'zlib' };

describe('a snapshot', () => {
  it('gives back what was compiled', async () => {
    const objects = createMemoryObjectStore();
    const json = {
      ...aRecord({ id: 'CGA-1' }),
      withdrawn: '2026-02-02T00:00:00Z',
      aliases: ['A\t1'.replace('\t', '-')],
    };
    const ref = await write([json, aRecord({ id: 'CGA-2', name: 'other' })], objects);

    const snapshot = await openSnapshot(objects, ref.key);
    const entriesOf = await snapshot.lookup([ZLIB, { ecosystem: 'Wolfi', name: 'none' }]);

    expect(ref).toMatchObject({ feed: 'chainguard', records: 2, malformed: 0, problems: [] });
    expect(snapshot).toMatchObject({ feed: 'chainguard', id: ref.id, records: 2 });
    expect(entriesOf(ZLIB)).toEqual(compileRecord('chainguard', parseOsvRecord(json)));
    expect(entriesOf({ ecosystem: 'Wolfi', name: 'none' })).toEqual([]);
  });

  it('gives back what decides nothing to whoever asks for it', async () => {
    const objects = createMemoryObjectStore();
    const [affected] = aRecord({ id: 'CGA-1' }).affected;
    const json = {
      id: 'CGA-1',
      affected: [
        {
          ...affected,
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
          ecosystem_specific: {
            components: [{ component_name: 'a\tb', latest_event_status: 'fix_not_planned' }],
          },
          database_specific: { chainguard: { applies_to_subpackages: false } },
        },
      ],
    };
    const snapshot = await openSnapshot(objects, (await write([json], objects)).key);
    const [compiled] = compileRecord('chainguard', parseOsvRecord(json));
    const { components, ...deciding } = compiled ?? {};

    expect(deciding).toMatchObject({ status: 'fix-not-planned', subpackages: false });
    expect(components).toHaveLength(1);
    expect((await snapshot.lookup([ZLIB]))(ZLIB)).toEqual([deciding]);
    expect((await snapshot.lookup([ZLIB], { withComponents: true }))(ZLIB)).toEqual([compiled]);
  });

  it('is read as before where it was written before statuses were, in gzip', async () => {
    const objects = createMemoryObjectStore();
    const { key } = await write([aRecord({ id: 'CGA-1' })], objects);
    const index = decodeObject<SnapshotIndex>(SNAPSHOT_FORMAT, bytesAt(objects, key));
    const blocks = bytesAt(objects, index.blocks);
    const repacked = [...index.ids, ...index.entries].map(([, start, end]) =>
      gzipSync(unpackBlock(blocks.subarray(start, end))),
    );
    const [ids, entries] = [repacked[0]?.length ?? 0, repacked[1]?.length ?? 0];
    await objects.put('old.blocks', Buffer.concat(repacked));
    const old = {
      ...index,
      blocks: 'old.blocks',
      ids: [[index.ids[0]?.[0], 0, ids]],
      entries: [[index.entries[0]?.[0], ids, ids + entries]],
    };
    await objects.put('old', encodeObject('snapshot/1', old));
    await objects.put('odd', encodeObject('snapshot/0', old));

    const snapshot = await openSnapshot(objects, 'old');

    expect((await snapshot.lookup([ZLIB]))(ZLIB)).toHaveLength(1);
    expect(await snapshot.hasRecord('CGA-1')).toBe(true);
    await expect(openSnapshot(objects, 'odd')).rejects.toThrow(MalformedObjectError);
  });

  it('does not answer for a key that was not looked up', async () => {
    const objects = createMemoryObjectStore();
    const { key } = await write([aRecord({ id: 'CGA-1' })], objects);
    const entriesOf = await (await openSnapshot(objects, key)).lookup([]);
    expect(() => entriesOf(ZLIB)).toThrow(KeyNotLookedUpError);
  });

  it('has the same bytes for the same records in any order, and another id for others', async () => {
    const records = Array.from({ length: 50 }, (_, i) =>
      aRecord({ id: `CGA-${i}`, name: `p${i % 7}` }),
    );
    const [first, second] = [createMemoryObjectStore(), createMemoryObjectStore()];
    const one = await write(records, first);
    const two = await write(records.toReversed(), second);
    const three = await write([...records, aRecord({ id: 'CGA-50' })]);

    expect(two).toEqual(one);
    expect(second.objects).toEqual(first.objects);
    expect(three.id).not.toBe(one.id);
  });

  it('keeps the newest of an id that comes twice, also when it is about another package', async () => {
    const objects = createMemoryObjectStore();
    const old = aRecord({ id: 'CGA-1', name: 'old' });
    const fresh = aRecord({ id: 'CGA-1', fixed: '2-r0', modified: '2026-01-01T00:00:00.5Z' });
    const dateless = { ...aRecord({ id: 'CGA-1', name: 'dateless' }), modified: undefined };
    const { key, records } = await write([fresh, old, dateless], objects);
    const keys = ['zlib', 'old', 'dateless'].map((name) => ({ ecosystem: 'Wolfi', name }));

    const entriesOf = await (await openSnapshot(objects, key)).lookup(keys);

    expect(records).toBe(1);
    expect(keys.map((each) => entriesOf(each).length)).toEqual([1, 0, 0]);
    expect(entriesOf(ZLIB)[0]?.ranges[0]?.[1]).toEqual(['fixed', '2-r0']);
  });

  it('counts what it cannot read, lists the first, and keeps the rest', async () => {
    const bad = Array.from({ length: 30 }, (_, i) => ({ id: `BAD-${i}`, affected: i }));
    const ref = await write([
      new UnreadableRecord('feed.ndjson:7', 'not JSON'),
      aRecord({ id: 'CGA-1' }),
      ...bad,
    ]);
    expect(ref).toMatchObject({ records: 1, malformed: 31 });
    expect(ref.problems).toHaveLength(20);
    expect(ref.problems.slice(0, 2)).toEqual([
      'feed.ndjson:7: not JSON',
      expect.stringContaining('malformed advisory "BAD-0": affected: '),
    ]);
  });

  it('keeps a record with an event that does not parse, and says so', async () => {
    const record = {
      id: 'PYSEC-1',
      affected: [
        {
          package: { ecosystem: 'PyPI', name: 'a' },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: 'legacy' }] }],
        },
      ],
    };
    expect(await write([record])).toMatchObject({
      records: 1,
      malformed: 0,
      problems: [expect.stringContaining('PYSEC-1: an event of a has "legacy"')],
    });
  });

  it('knows every record by its id, one without packages too', async () => {
    const objects = createMemoryObjectStore();
    const many = Array.from({ length: 9000 }, (_, i) => ({ id: `CGA-${i}` }));
    const { key, records } = await write([...many, { id: 'CONTROL' }], objects);
    const snapshot = await openSnapshot(objects, key);

    expect(records).toBe(9001);
    for (const id of ['CGA-0', 'CGA-4711', 'CGA-8999', 'CONTROL']) {
      expect(await snapshot.hasRecord(id)).toBe(true);
    }
    for (const id of ['', 'A', 'CGA', 'CGA-9000', 'Z']) {
      expect(await snapshot.hasRecord(id)).toBe(false);
    }
  });

  it('reads only the blocks it needs, near ones together, and finds what spans several', async () => {
    const objects = createMemoryObjectStore();
    const names = Array.from({ length: 6000 }, (_, i) => `p${String(i).padStart(4, '0')}`);
    const wide = Array.from({ length: 2000 }, (_, i) => aRecord({ id: `W-${i}`, name: 'p5900' }));
    const ref = await write(
      [...names.map((name) => aRecord({ id: `CGA-${name}`, name })), ...wide],
      objects,
    );
    const snapshot = await openSnapshot(objects, ref.key);
    const all = [...objects.objects.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    objects.reads.length = 0;

    const keyOf = (name: string) => ({ ecosystem: 'Wolfi', name });
    const entriesOf = await snapshot.lookup([keyOf('p0000'), keyOf('p5900'), keyOf('p0001')]);

    expect(entriesOf(keyOf('p5900'))).toHaveLength(2001);
    expect(entriesOf(keyOf('p0001'))).toHaveLength(1);
    expect(objects.reads).toHaveLength(2);
    expect(objects.reads.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(all);

    const every = await snapshot.lookup(names.map(keyOf));
    expect(names.every((name) => every(keyOf(name)).length >= 1)).toBe(true);
  });

  it('can be empty', async () => {
    const objects = createMemoryObjectStore();
    const { key } = await write([], objects);
    const snapshot = await openSnapshot(objects, key);
    expect(snapshot.records).toBe(0);
    expect((await snapshot.lookup([ZLIB]))(ZLIB)).toEqual([]);
    expect(await snapshot.hasRecord('CGA-1')).toBe(false);
  });

  it('is not written when the feed breaks off', async () => {
    const objects = createMemoryObjectStore();
    async function* broken() {
      yield [aRecord({ id: 'CGA-1' })];
      throw new RangeError('broken');
    }
    await expect(writeSnapshot(objects, 'chainguard', broken())).rejects.toThrow(RangeError);
    expect(objects.objects.size).toBe(0);
  });

  it('is missed by name, and a broken block is no empty answer', async () => {
    const objects = createMemoryObjectStore();
    await expect(openSnapshot(objects, 'snapshots/none.index')).rejects.toThrow(ObjectMissingError);
    const { key } = await write([aRecord({ id: 'CGA-1' })], objects);
    for (const [each, bytes] of objects.objects) if (each !== key) bytes.fill(0);
    await expect((await openSnapshot(objects, key)).lookup([ZLIB])).rejects.toThrow(
      MalformedObjectError,
    );
  });
});
