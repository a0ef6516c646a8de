import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createElfProbe } from '../../../../core/elf/elf-probe.ts';
import { goExtractor } from '../../../../core/extract/go/go-extractor.ts';
import type { ElfFacts, GoBuildInfo } from '../../../../core/image/file-facts.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { goldenFile, HAS_REFERENCE_DATA } from '../../../support/golden-file.ts';
import { inventoryOf, program } from '../../../support/inventory-of.ts';
import { elfOf } from '../../../support/made-up-elf.ts';

/** Compilers that this project is built with; both are written in Go, esbuild's has its build information taken out. */
const TSC = readFileSync(`node_modules/@typescript/typescript-linux-${process.arch}/lib/tsc`);
const ESBUILD = readFileSync(`node_modules/@esbuild/linux-${process.arch}/bin/esbuild`);
const MARKER = Buffer.alloc(16, 0x30);

function probe(bytes: Buffer): ElfFacts | undefined {
  const reader = createElfProbe({ path: 'x', size: bytes.length, mode: 0o755 });
  reader.write(bytes);
  return reader.end()?.elf;
}

function extract(go: GoBuildInfo) {
  const elf: ElfFacts = { type: 'exec', machine: 'amd64', bits: 64, go };
  const tree = buildTree({ 'app/server': { facts: { elf }, layer: 2 } });
  return goExtractor.extract({ tree, distro: null });
}

function named(modules: readonly string[], version = 'go1.25.4') {
  const { packages, problems } = extract({ version, modules: modules.join('\n') });
  return { found: packages.map((each) => `${each.name}@${each.version}`), problems };
}

describe('a real program', () => {
  it.runIf(HAS_REFERENCE_DATA)(
    'has the modules that go version -m lists (reference data)',
    async () => {
      const name = 'go/binary_with_module_replacement-linux-amd64';
      const { packages } = await inventoryOf([program('app/x', Buffer.from(goldenFile(name)))]);
      expect(packages.map(({ purl, path, layer }) => ({ purl, path, layer }))).toEqual([
        // In place of golang.org/x/xerrors; the program itself is (devel).
        {
          purl: 'pkg:golang/github.com/golang/xerrors@0.0.0-20220907171357-04be3eba64a2',
          path: 'app/x',
          layer: 0,
        },
        { purl: 'pkg:golang/stdlib@1.22.0', path: 'app/x', layer: 0 },
      ]);
      const listing = Buffer.from(goldenFile(`${name}.go-version-m.txt`)).toString();
      const modules = probe(Buffer.from(goldenFile(name)))?.go?.modules ?? '';
      const lines = (text: string) =>
        text
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean);
      expect(lines(modules)).toEqual(lines(listing).slice(1));
    },
  );

  it('has its modules, and the library of its compiler', async () => {
    const { packages } = await inventoryOf([], [program('usr/bin/tsc', TSC)]);
    expect(packages).toContainEqual({
      purl: expect.stringMatching(/^pkg:golang\/golang\.org\/x\/text@0\.\d+\.0$/),
      ecosystem: 'Go',
      type: 'golang',
      name: 'golang.org/x/text',
      version: expect.stringMatching(/^0\.\d+\.0$/),
      source: null,
      arch: null,
      path: 'usr/bin/tsc',
      owner: null,
      layer: 1,
    });
    expect(packages.map(({ name }) => name)).toContain('stdlib');
    // A commit after no version at all.
    expect(packages.map(({ name }) => name)).not.toContain('github.com/microsoft/typescript-go');
  });

  it('is known to be of Go where its build information was taken out', () => {
    expect(probe(ESBUILD)).toMatchObject({ madeBy: 'go' });
    expect(probe(ESBUILD)?.go).toBeUndefined();
  });
});

describe('build information', () => {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const modules = Buffer.concat([MARKER, Buffer.from('path\tx\nmod\tx\tv1.2.3\t\n'), MARKER]);
  const inline = Buffer.concat([
    Buffer.from('\xff Go buildinf:\x08\x02', 'latin1'),
    Buffer.alloc(16),
    text('go1.20.1'),
    text(modules.toString('latin1')),
  ]);

  it('is found by its header where sections are not named', () => {
    const elf = probe(elfOf(Buffer.concat([Buffer.alloc(48), inline])));
    expect(elf).toMatchObject({
      madeBy: 'go',
      go: { version: 'go1.20.1', modules: 'path\tx\nmod\tx\tv1.2.3\t\n' },
    });
    // Off the places where the linker puts it is somebody else's text.
    expect(probe(elfOf(Buffer.concat([Buffer.alloc(40), inline])))?.go).toBeUndefined();
  });

  it('is behind addresses in programs of Go 1.17 and before', () => {
    const version = Buffer.from('go1.16.5');
    const data = Buffer.alloc(96);
    data.write('\xff Go buildinf:\x08\x00', 'latin1');
    data.writeBigUInt64LE(0x10000n + 32n, 16);
    data.writeBigUInt64LE(0x10000n + 48n, 24);
    data.writeBigUInt64LE(0x10000n + 96n, 32);
    data.writeBigUInt64LE(BigInt(version.length), 40);
    data.writeBigUInt64LE(0x10000n + 96n + 8n, 48);
    data.writeBigUInt64LE(BigInt(modules.length), 56);
    expect(probe(elfOf(Buffer.concat([data, version, modules])))?.go).toEqual({
      version: 'go1.16.5',
      modules: 'path\tx\nmod\tx\tv1.2.3\t\n',
    });
  });

  it('that lies is a problem of its file, never a crash', () => {
    const cut = probe(elfOf(inline.subarray(0, 40)));
    expect(cut?.problems).toEqual(['its Go build information cannot be read']);
    fc.assert(
      fc.property(
        fc.array(fc.record({ at: fc.nat(96), byte: fc.nat(255) }), { maxLength: 12 }),
        (changes) => {
          const bytes = elfOf(Buffer.concat([inline, Buffer.alloc(64)]));
          for (const { at, byte } of changes) if (at > 13) bytes[0x1000 + at] = byte;
          expect(probe(bytes)).toBeDefined();
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('goExtractor', () => {
  it('takes what replaces a module, and the name of one that a folder replaces', () => {
    const { found } = named([
      'dep\texample.org/old\tv1.0.0',
      '=>\texample.org/new\tv1.1.0\th1:x',
      'dep\texample.org/patched\tv2.0.0\th1:x',
      '=>\t./patched\t(devel)\t',
      'dep\t\tv1.0.0',
      'dep\texample.org/plain\tv3.0.0+incompatible\th1:x',
    ]);
    expect(found).toEqual([
      'stdlib@1.25.4',
      'example.org/new@1.1.0',
      'example.org/patched@(devel)',
      'example.org/plain@3.0.0+incompatible',
    ]);
  });

  it.each([
    ['v1.4.0', ['example.org/app@1.4.0']],
    [
      'v1.4.1-0.20260102030405-0123456789ab+dirty',
      ['example.org/app@1.4.1-0.20260102030405-0123456789ab+dirty'],
    ],
    ['v0.0.0-20260102030405-0123456789ab', []],
    ['(devel)', []],
    ['', []],
  ])('takes a program of version %j for %j', (version, expected) => {
    expect(named([`mod\texample.org/app\t${version}\t`]).found.slice(1)).toEqual(expected);
  });

  it.each([
    ['go1.25.4', '1.25.4'],
    ['go1.25', '1.25.0'],
    ['go1.25.4 X:boringcrypto', '1.25.4'],
    ['go1.26.0-X:synctest', '1.26.0'],
    ['go1.26.5 (Red Hat 1.26.5-1.el10)', '1.26.5'],
    ['go1.24.2-fips', '1.24.2'],
    ['devel go1.27-abcdef', 'devel go1.27-abcdef'],
  ])('knows the library of a compiler %j as %j', (version, expected) => {
    expect(named([], version).found).toEqual([`stdlib@${expected}`]);
  });

  it('reads so many modules of one program and says so of the rest', () => {
    const lines = Array.from({ length: 5002 }, (_, n) => `dep\texample.org/m${n}\tv1.0.0`);
    const { found, problems } = named([...lines, 'dep\ta b\tv1.0.0']);
    expect(found).toHaveLength(5001);
    expect(problems).toEqual([
      { path: 'app/server', reason: '3 of its modules were not read, limit 5000' },
    ]);
  });
});
