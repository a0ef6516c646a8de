import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmExtractor } from '../../../../core/extract/npm/npm-extractor.ts';
import { isWanted } from '../../../../core/image/wanted-files.ts';
import { buildTree } from '../../../support/build-tree.ts';
import { inventoryOf } from '../../../support/inventory-of.ts';
import { symlink } from '../../../support/layers.ts';
import { hasProgram } from '../../../support/umoci.ts';

function json(name: string, version = '1.0.0'): string {
  return JSON.stringify({ name, version });
}

function extract(files: Parameters<typeof buildTree>[0]) {
  const { packages, problems } = npmExtractor.extract({ tree: buildTree(files), distro: null });
  return { found: packages.map(({ purl, path }) => `${purl} ${path}`), problems };
}

describe('npmExtractor', () => {
  it('takes what is installed, scoped and nested, with its path', () => {
    expect(
      extract({
        'usr/local/lib/node_modules/npm/package.json': json('npm', '11.4.0'),
        'usr/local/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json': json(
          '@npmcli/arborist',
          '9.1.0',
        ),
        'app/node_modules/left-pad/package.json': json('left-pad', 'v1.3.0'),
        'app/node_modules/alias/package.json': json('real-name'),
        'app/package.json': json('app'),
        'app/node_modules/.package-lock.json': '{}',
      }),
    ).toEqual({
      found: [
        'pkg:npm/real-name@1.0.0 app/node_modules/alias/package.json',
        'pkg:npm/left-pad@1.3.0 app/node_modules/left-pad/package.json',
        'pkg:npm/%40npmcli/arborist@9.1.0 usr/local/lib/node_modules/npm/node_modules/@npmcli/arborist/package.json',
        'pkg:npm/npm@11.4.0 usr/local/lib/node_modules/npm/package.json',
      ],
      problems: [],
    });
  });

  it.each([
    'app/node_modules/resolve/test/resolver/node_modules/x/package.json',
    'app/node_modules/x/fixtures/package.json',
    'app/node_modules/x/dist/esm/package.json',
    'app/node_modules/.cache/x/package.json',
    'app/node_modules/@scope/package.json',
    'app/.vscode/extensions/x/package.json',
    'app/node_modules/x/__fixtures__/a/b/node_modules/y/package.json',
    'app/node_modules/.store/x/y/package.json',
    'app/node_modules/.vite/deps/package.json',
  ])('does not take %s, which is not installed', (path) => {
    expect(isWanted(path)).toBe(false);
    expect(extract({ [path]: json('x') }).found).toEqual([]);
  });

  it.each([
    'app/node_modules/.store/x-npm-1.0.0-abc/package/package.json',
    'app/node_modules/.store/x@1.0.0-abc/node_modules/x/package.json',
    'app/node_modules/.bun/x@1.0.0/node_modules/x/package.json',
    'app/node_modules/.deno/x@1.0.0/node_modules/x/package.json',
    'bundle/programs/server/npm/node_modules/meteor/accounts/node_modules/x/package.json',
    'usr/lib/node_modules/tool/packages/core/node_modules/@scope/x/package.json',
    // A package, not a folder of tests.
    'app/node_modules/test/node_modules/x/package.json',
    'app/node_modules/@scope/fixtures/node_modules/x/package.json',
    'app/test/node_modules/x/package.json',
  ])('takes %s, which is installed', (path) => {
    expect(isWanted(path)).toBe(true);
    expect(extract({ [path]: json('x') }).found).toEqual([`pkg:npm/x@1.0.0 ${path}`]);
  });

  it('takes what only says how modules are loaded for no package', () => {
    const path = 'app/node_modules/cjs/package.json';
    expect(extract({ [path]: '{"type":"commonjs"}' })).toEqual({ found: [], problems: [] });
  });

  it('says which links lead to packages that are not read, and not those to the application itself', async () => {
    const { problems } = await inventoryOf([
      ['app/node_modules/.new/x@1/x/package.json', json('x')],
      symlink('app/node_modules/x', '.new/x@1/x'),
      ['root/.cache/y@1/package.json', json('y')],
      symlink('app/node_modules/@scope/y', '../../../root/.cache/y@1'),
      ['app/packages/core/package.json', json('core')],
      symlink('app/node_modules/core', '../packages/core'),
      symlink('app/node_modules/gone', '.new/gone'),
      ['app/node_modules/.bin/tool', ''],
      symlink('app/node_modules/.bin/link', '.new/x@1/x'),
    ]);
    const reason = (path: string) => `the package.json that it leads to was not kept: "${path}"`;
    expect(problems).toEqual([
      { path: 'app/node_modules/@scope/y', reason: reason('root/.cache/y@1/package.json') },
      {
        path: 'app/node_modules/x',
        reason: reason('app/node_modules/.new/x@1/x/package.json'),
      },
    ]);
  });

  it('says of a file that says nothing what is wrong with it', () => {
    const path = 'a/node_modules/x/package.json';
    const reasonOf = (file: Parameters<typeof buildTree>[0][string]) =>
      extract({ [path]: file }).problems.map(({ reason }) => reason);
    expect(reasonOf('{')).toEqual(['package.json is no JSON']);
    expect(reasonOf('{"name":"x"}')).toEqual(['package.json without a name or a version']);
    expect(reasonOf(json('a b'))).toEqual(['malformed name "a b"']);
    expect(reasonOf(json('x', ' '))).toEqual(['package "x": malformed version ""']);
    expect(reasonOf({ kept: false })).toEqual(['its content was not kept']);
  });

  it('counts once what pnpm links to', async () => {
    const { packages } = await inventoryOf([
      ['app/node_modules/.pnpm/koa@2.0.0/node_modules/koa/package.json', json('koa', '2.0.0')],
      symlink('app/node_modules/koa', '.pnpm/koa@2.0.0/node_modules/koa'),
      symlink('app/node_modules/.pnpm/node_modules/koa', '../koa@2.0.0/node_modules/koa'),
    ]);
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:npm/koa@2.0.0']);
  });

  it('keeps no package.json of more than a mebibyte, and says so', async () => {
    const path = 'app/node_modules/x/package.json';
    const { packages, problems } = await inventoryOf([
      [path, `${json('x')}${' '.repeat(2 ** 20)}`],
    ]);
    expect(packages).toEqual([]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      `not kept: ${2 ** 20 + json('x').length} bytes, limit ${2 ** 20}`,
      'its content was not kept',
    ]);
  });

  it.runIf(hasProgram('npm'))(
    'lists what npm ls lists (npm)',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tidewatch-npm-'));
      try {
        const app = join(folder, 'app');
        const write = (path: string, document: object) => {
          mkdirSync(join(folder, path), { recursive: true });
          writeFileSync(join(folder, path, 'package.json'), JSON.stringify(document));
        };
        const inner = { name: 'inner', version: '1.2.3' };
        write('app', { name: 'app', version: '1.0.0' });
        write('inner', inner);
        write('outer', {
          ...inner,
          name: '@made-up/outer',
          dependencies: { inner: '1.2.2' },
          bundleDependencies: ['inner'],
        });
        write('outer/node_modules/inner', { ...inner, version: '1.2.2' });
        const npm = (...words: string[]) =>
          execFileSync('npm', [...words, '--offline'], {
            cwd: app,
            encoding: 'utf8',
            stdio: 'pipe',
          });
        npm('pack', '../inner', '../outer');
        npm('install', './inner-1.2.3.tgz', './made-up-outer-1.2.3.tgz');
        const files = globSync('**/package.json', { cwd: app });
        const { packages } = await inventoryOf(
          files.map((file) => [`app/${file}`, readFileSync(join(app, file))]),
        );
        const listed = npm('ls', '--all', '--parseable', '--long')
          .split('\n')
          .flatMap((line) => line.split(':')[1] ?? [])
          .filter((each) => each !== 'app@1.0.0');
        const found = packages.map(({ name, version }) => `${name}@${version}`);
        expect([...new Set(found)].sort()).toEqual([...new Set(listed)].sort());
        expect(found.toSorted()).toEqual(['@made-up/outer@1.2.3', 'inner@1.2.2', 'inner@1.2.3']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
