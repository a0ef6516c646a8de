import { globSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const PURE_PACKAGES = 'zod$|packageurl-js$|ae-cvss-calculator$|node:crypto$|node:zlib$';

/** What each folder may import; `type x` means: only its types. The whole rule. */
const MAY_IMPORT: Record<string, RegExp> = {
  core: new RegExp(`^(core/|${PURE_PACKAGES})`),
  actions: /^(actions\/|core\/)/,
  adapters:
    /^(adapters\/|actions\/|core\/|node:|@aws-sdk\/|@smithy\/|saxes$|tar-stream$|yaml$|zod$)/,
  lambda:
    /^(lambda\/|adapters\/|actions\/|core\/|@middy\/|@aws-lambda-powertools\/|@aws-sdk\/|@aws\/durable-execution-sdk-js$|zod$|type aws-lambda$)/,
  local:
    /^(local\/|lambda\/[^/]+\/handle\.ts$|adapters\/|actions\/|core\/|node:|@aws-sdk\/|dynalite$|fauxqs$|tar-stream$|zod$)/,
  cli: /^(cli\/|local\/|adapters\/|actions\/|core\/|node:|@cyclonedx\/cyclonedx-library\/|packageurl-js$)/,
  bench:
    /^(bench\/|assembly\/|tidewatch\.config\.ts$|local\/|adapters\/|actions\/|core\/|node:|tar-stream$|@aws-sdk\/)/,
  assembly:
    /^(assembly\/|lib\/|local\/|adapters\/|actions\/|core\/|node:|@aws-sdk\/|@cloud-copilot\/|aws-cdk-lib$|esbuild$|fauxqs$|zod$)/,
  lib: /^(lib\/|core\/explain\/closest\.ts$|core\/suppress\/|core\/object\/|adapters\/local\/decision-files\.ts$|type lambda\/[^/]+\/environment\.ts$|aws-cdk-lib(\/|$)|constructs$|esbuild$|node:|zod$)/,
  bin: /^(lib\/|tidewatch\.config\.ts$|aws-cdk-lib$|cdk-nag$|node:)/,
  test: /./,
};

/** Folders that hold no code of ours. */
const NO_CODE = new Set(['node_modules', 'docs', 'worlds', 'cdk.out', 'coverage', 'out']);

it('has a rule for every top-level folder', () => {
  const folders = readdirSync('.', { withFileTypes: true })
    .filter((each) => each.isDirectory() && !each.name.startsWith('.') && !NO_CODE.has(each.name))
    .map((each) => each.name);
  expect(folders.filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
});

describe.each(Object.entries(MAY_IMPORT))('%s/', (folder, allowed) => {
  it('imports only what its ring allows', () => {
    const strangers = globSync(`${folder}/**/*.ts`).flatMap((file) =>
      importsOf(file, readFileSync(file, 'utf8'))
        .filter((target) => !allowed.test(target) && !allowed.test(target.replace(/^type /, '')))
        .map((target) => `${file}: ${target}`),
    );
    expect(strangers).toEqual([]);
  });
});

it('sees every form of import', () => {
  const text = `
import '../core/a.ts';
import { b, type B } from '../core/b.ts';
import type {
  C,
} from '../lambda/scan/environment.ts';
export { d } from './d.ts';
const e = await import('node:fs');`;

  expect(importsOf('lib/x.ts', text)).toEqual([
    'core/a.ts',
    'core/b.ts',
    'type lambda/scan/environment.ts',
    'lib/d.ts',
    'node:fs',
  ]);
});

function importsOf(file: string, text: string): string[] {
  const imports =
    /(?:^(?:import|export)\s(?<type>type\s)?[^;']*?from\s|^import\s|\bimport\()'(?<from>[^']+)'/gm;
  return [...text.matchAll(imports)].map(({ groups: { type = '', from = '' } = {} }) =>
    from.startsWith('.') ? type + posix.join(posix.dirname(file), from) : type + from,
  );
}
