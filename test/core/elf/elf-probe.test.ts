import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createElfProbe } from '../../../core/elf/elf-probe.ts';
import type { ElfFacts } from '../../../core/image/file-facts.ts';

/** The program that runs this test: dynamically linked against the C and C++ libraries. */
const NODE = readFileSync(process.execPath);

function probe(
  bytes: Buffer,
  { size = bytes.length, piece = 65_536, path = 'bin/x' } = {},
): ElfFacts | undefined {
  const reader = createElfProbe({ path, size, mode: 0o755 });
  for (let at = 0; at < bytes.length; at += piece) reader.write(bytes.subarray(at, at + piece));
  return reader.end()?.elf;
}

it('tells what a program needs', () => {
  const facts = probe(NODE);
  expect(facts).toMatchObject({
    bits: 64,
    machine: process.arch === 'arm64' ? 'arm64' : 'amd64',
    isDynamic: true,
    interpreter: expect.stringMatching(/\/ld-linux-[\w-]+\.so\.\d$/),
    needed: expect.arrayContaining(['libc.so.6', 'libstdc++.so.6']),
  });
  const libc = facts?.requires?.find(({ library }) => library === 'libc.so.6');
  expect(libc?.versions).toContain('GLIBC_2.17');
  expect(facts?.problems).toBeUndefined();
});

it('says the same whatever pieces it comes in', () => {
  const whole = probe(NODE, { piece: NODE.length });
  for (const piece of [511, 4096, 1_000_003]) expect(probe(NODE, { piece })).toEqual(whole);
});

it('reads one whose program headers were moved to its end', () => {
  const program = readFileSync('/usr/bin/env');
  const [from, size, count] = [
    Number(program.readBigUInt64LE(32)),
    program.readUInt16LE(54),
    program.readUInt16LE(56),
  ];
  const moved = Buffer.concat([program, program.subarray(from, from + size * count)]);
  moved.writeBigUInt64LE(BigInt(program.length), 32);

  const { problems, ...facts } = probe(moved, { piece: 1000 }) ?? {};
  expect(problems).toBeUndefined();
  expect(facts).toEqual(probe(program));
  expect(facts).toMatchObject({ isDynamic: true, needed: ['libc.so.6'] });
  // One that ends before them stays unread.
  expect(probe(moved.subarray(0, -1))?.problems).toEqual(['ELF program headers cut short']);
});

it('says what it could not read of one that is cut short', () => {
  expect(probe(NODE.subarray(0, 40))?.problems).toEqual(['ELF header cut short']);
  expect(probe(NODE.subarray(0, 100))?.problems).toEqual(['ELF program headers cut short']);
  expect(probe(NODE.subarray(0, 8192))?.problems).not.toEqual([]);
});

it('survives headers that lie', () => {
  const head = NODE.subarray(0, 65_536);
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(4096), byte: fc.nat(255) }), { maxLength: 20 }),
      (changes) => {
        const bytes = Buffer.from(head);
        for (const { at, byte } of changes) if (at > 3) bytes[at] = byte;
        expect(probe(bytes)).toBeDefined();
      },
    ),
    { numRuns: 1000 },
  );
});

describe('the versions in the bytes of an interpreter', () => {
  it('are those of Node, wherever its bytes are cut', () => {
    for (const piece of [65_536, 1021, NODE.length]) {
      const facts = probe(NODE, { path: 'usr/bin/node', piece });
      expect(facts?.versionTexts).toEqual([process.version.slice(1)]);
    }
  });

  it('are not looked for in other programs', () => {
    expect(probe(NODE, { path: 'usr/bin/nodemon' })?.versionTexts).toBeUndefined();
  });

  it('are texts of their own in Python, whose libraries leave theirs beside them', () => {
    const texts = ['3.13.5', '3.14.0rc2', 'x3.12.1', '3.11.1y', '2.7.1', '3.14.0rc2'];
    const bytes = Buffer.concat([
      NODE.subarray(0, 4096),
      Buffer.from(`\0\0${texts.join('\0')}\0`, 'latin1'),
    ]);
    const path = 'usr/local/lib/libpython3.14.so.1.0';
    for (const piece of [7, bytes.length]) {
      expect(probe(bytes, { path, piece })?.versionTexts).toEqual(['3.13.5', '3.14.0rc2']);
    }
  });

  it('are bounded', () => {
    const texts = Array.from({ length: 100 }, (_, at) => `3.1.${at}`);
    const bytes = Buffer.concat([NODE.subarray(0, 4096), Buffer.from(`\0${texts.join('\0')}\0`)]);
    expect(probe(bytes, { path: 'bin/python3' })?.versionTexts).toHaveLength(16);
  });
});
