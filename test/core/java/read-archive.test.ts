import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { type ArchiveBytes, inMemory } from '../../../core/java/archive-bytes.ts';
import { readArchive } from '../../../core/java/read-archive.ts';
import { type FileInZip, zipOf } from '../../support/zip-archive.ts';

const MANIFEST = 'META-INF/MANIFEST.MF';
const POM = 'META-INF/maven/org.example/core/pom.properties';

/** An archive whose directory names its only member again and again: all are the same bytes. */
function repeated(member: FileInZip, times: number): Buffer {
  const zip = zipOf([member]);
  const directory = zip.readUInt32LE(zip.length - 22 + 16);
  const entry = zip.subarray(directory, zip.length - 22);
  const end = Buffer.from(zip.subarray(zip.length - 22));
  end.writeUInt16LE(times, 10);
  end.writeUInt32LE(entry.length * times, 12);
  return Buffer.concat([zip.subarray(0, directory), ...Array(times).fill(entry), end]);
}

/** What is said of an archive, and how many of its bytes were asked for. */
function read(zip: Buffer) {
  const whole = inMemory(zip);
  let asked = 0;
  const bytes: ArchiveBytes = {
    size: whole.size,
    read(start, length) {
      asked += length;
      return whole.read(start, length);
    },
  };
  return { facts: readArchive('app.jar', bytes), asked };
}

/** 17 MB of 16 kB. */
const BOMB: FileInZip = {
  name: MANIFEST,
  text: `Implementation-Title: core\r\n${'A: b\r\n'.repeat(2_900_000)}`,
};

it('has one manifest, however often its directory names it', () => {
  const { facts, asked } = read(repeated(BOMB, 8000));
  expect(facts).toEqual({
    jars: [{ inside: [], manifest: { 'Implementation-Title': 'core' } }],
  });
  expect(asked).toBeLessThan(2_000_000);
});

it('pays for what manifests unpack to, in however many archives', () => {
  const inner = { name: 'in.jar', text: '', bytes: zipOf([BOMB]), stored: true };
  const { facts } = read(repeated(inner, 4000));
  expect(facts.problems).toEqual([
    'not read to its end: more than 268435456 bytes in packed archives',
  ]);
});

it('keeps no more than a few megabytes of descriptions', () => {
  const { facts } = read(repeated({ name: POM, text: `#${' '.repeat(60_000)}\n` }, 9000));
  expect(facts.problems).toEqual([
    'not read to its end: more than 4194304 characters of descriptions in it',
  ]);
});

it('reads no directory again and again whose entries are long', () => {
  const names = Array.from({ length: 90 }, (_, n) => `${n}${'x'.repeat(60_000)}`);
  const bytes = zipOf(names.map((name) => ({ name, text: '' })));
  const { facts } = read(repeated({ name: 'in.jar', text: '', bytes, stored: true }, 4000));
  expect(facts.problems).toEqual(['not read to its end: more than 268435456 bytes of directories']);
});

it('does not take bytes that are said to unpack to fewer', () => {
  const bytes = Buffer.concat(Array.from({ length: 100 }, (_, n) => randomLike(n)));
  const { facts } = read(zipOf([{ name: 'in.jar', text: '', bytes, size: 10 }]));
  expect(facts.problems).toEqual([expect.stringMatching(/^in\.jar: \d+ bytes unpack to 10$/)]);
});

/** What does not deflate. */
function randomLike(seed: number): Buffer {
  return createHash('sha256').update(`${seed}`).digest();
}

it('takes less of a manifest that unpacks to very much, and what it names first', () => {
  const { facts } = read(zipOf([BOMB, { name: 'a.class', text: '' }]));
  expect(facts).toEqual({
    jars: [{ inside: [], manifest: { 'Implementation-Title': 'core' }, hasClasses: true }],
  });
});
