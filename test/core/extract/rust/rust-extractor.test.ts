import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { rustExtractor } from '../../../../core/extract/rust/rust-extractor.ts';
import type { ElfFacts } from '../../../../core/image/file-facts.ts';
import { buildTree } from '../../../support/build-tree.ts';
import {
  AUDITED_CRATES,
  auditedProgram,
  panickingProgram,
} from '../../../support/compiled-programs.ts';
import { goldenFile, HAS_REFERENCE_DATA } from '../../../support/golden-file.ts';
import { inventoryOf, program } from '../../../support/inventory-of.ts';
import { captureLayers } from '../../../support/layers.ts';
import { hasProgram } from '../../../support/umoci.ts';

function extract(facts: Partial<ElfFacts>) {
  const elf: ElfFacts = { type: 'exec', machine: 'amd64', bits: 64, ...facts };
  return rustExtractor.extract({ tree: buildTree({ 'bin/x': { facts: { elf } } }), distro: null });
}

function audited(text: string): string {
  return deflateSync(text).toString('base64');
}

describe('what cargo-auditable left', () => {
  it.runIf(HAS_REFERENCE_DATA)(
    'is read, and local crates are no packages (reference data)',
    async () => {
      const elf = Buffer.from(goldenFile('rust/test.elf'));
      const [capture] = await captureLayers([program('usr/bin/x', elf)]);
      const audit = inflateSync(
        Buffer.from(capture?.facts['usr/bin/x']?.elf?.rustAudit ?? '', 'base64'),
      );
      expect(JSON.parse(audit.toString())).toEqual(
        JSON.parse(goldenFile('rust/test.elf.dep-v0.json').toString()),
      );
      const { packages, problems } = await inventoryOf([program('usr/bin/x', elf)]);
      expect(packages).toEqual([]);
      expect(problems).toEqual([]);
    },
  );

  it.runIf(hasProgram('gcc'))(
    'names the crates of crates.io that are in a program (gcc)',
    async () => {
      const { packages } = await inventoryOf([program('usr/bin/x', auditedProgram())]);
      expect(packages).toEqual([
        {
          purl: 'pkg:cargo/serde@1.0.136',
          ecosystem: 'crates.io',
          type: 'cargo',
          name: 'serde',
          version: '1.0.136',
          source: null,
          arch: null,
          path: 'usr/bin/x',
          owner: null,
          layer: 0,
        },
      ]);
    },
  );

  it.each([
    ['no zlib at all', Buffer.from('nothing').toString('base64'), /cannot be unpacked/],
    ['a bomb', deflateSync(Buffer.alloc(9 * 1024 * 1024)).toString('base64'), /cannot be unpacked/],
    ['no JSON', audited('{'), /cannot be unpacked/],
    ['another JSON', audited('{"packages":[{"name":"a b","version":"1"}]}'), /is none/],
  ])('that is %s is a problem of its file', (_, rustAudit, reason) => {
    const { packages, problems } = extract({ rustAudit, rustCrates: ['serde-1.0.1'] });
    expect(packages.map(({ name, confidence }) => [name, confidence])).toEqual([['serde', 'low']]);
    expect(problems).toEqual([{ path: 'bin/x', reason: expect.stringMatching(reason) }]);
  });
});

describe('the paths in panics', () => {
  it.runIf(hasProgram('rustc'))('name a crate, with low confidence (rustc)', async () => {
    const bytes = panickingProgram('tokio-util-0.7.1-rc.2');
    const { packages } = await inventoryOf([program('usr/bin/x', bytes)]);
    expect(packages).toMatchObject([
      { purl: 'pkg:cargo/tokio-util@0.7.1-rc.2', name: 'tokio-util', confidence: 'low' },
    ]);
  });

  it('are not looked at where there is a list', () => {
    const rustAudit = audited(JSON.stringify(AUDITED_CRATES));
    const { packages } = extract({ rustAudit, rustCrates: ['serde-1.0.1', 'other-2.0.0'] });
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:cargo/serde@1.0.136']);
  });
});

it.runIf(hasProgram('rustc'))(
  'says nothing of a guess in a file that an OS package brought (rustc)',
  async () => {
    const database = 'P:tool\nV:1.0-r0\nA:x86_64\nF:usr/bin\nR:x\n\n';
    const { packages } = await inventoryOf([
      ['etc/os-release', 'ID=wolfi\n'],
      ['usr/lib/apk/db/installed', database],
      program('usr/bin/x', panickingProgram('tokio-1.0.0')),
      program('usr/bin/y', panickingProgram('tokio-1.0.0')),
    ]);
    expect(packages.map(({ name, path }) => `${name} ${path}`)).toEqual([
      'tool usr/lib/apk/db/installed',
      'tokio usr/bin/y',
    ]);
  },
);
