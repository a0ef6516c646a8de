import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createElfProbe } from '../../../core/elf/elf-probe.ts';
import type { ElfFacts } from '../../../core/image/file-facts.ts';

/** The program that runs this test: dynamically linked against the C and C++ libraries. */
const NODE = readFileSync(process.execPath);

function probe(bytes: Buffer, { size = bytes.length, piece = 65_536 } = {}): ElfFacts | undefined {
  const reader = createElfProbe({ path: 'bin/x', size, mode: 0o755 });
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
