import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { expect, it } from 'vitest';
import { SUPPRESSIONS_FORMAT } from '../../actions/stored-suppressions.ts';
import { decodeObject } from '../../core/object/json-object.ts';
import type { SuppressionSet } from '../../core/suppress/suppression.ts';
import { defineConfig } from '../../lib/tidewatch-config.ts';
import { TidewatchStack } from '../../lib/tidewatch-stack.ts';
import { synthesize } from '../support/function-rights.ts';
import { newFolder } from '../support/play-folder.ts';
import { stagedObjects } from '../support/staged-objects.ts';

const folder = newFolder();

function written(text: string): string {
  const file = join(folder, 'suppressions.yaml');
  writeFileSync(file, text);
  return file;
}

const ENTRY = `suppressions:
  # Judged with the vendor.
  - id: openssl-not-reached
    vulnerability: CVE-2026-0001
    package: openssl
    owner: team-web
    author: Kim <kim@example.org>
    reason:
      justification: vulnerable_code_not_in_execute_path
      text: We never parse such keys.
    created: 2026-05-01
    until: fix
`;

it('is deployed as an object of its own, which one function may read', () => {
  const { rights, template } = synthesize(defineConfig({ suppressions: written(ENTRY) }));
  const without = synthesize(defineConfig({}));
  const more = [...rights].flatMap(([name, granted]) =>
    granted
      .filter((right) => !without.rights.get(name)?.includes(right))
      .map((right) => `${name} ${right}`),
  );
  expect(more).toEqual([
    expect.stringMatching(/^MatchFleet s3:GetObject arn:.*:s3:::.*\/[0-9a-f]{64}\.gz$/),
  ]);
  const variables = Object.values(template.findResources('AWS::Lambda::Function')).flatMap(
    ({ Properties }) => Properties.Environment?.Variables?.SUPPRESSIONS ?? [],
  );
  expect(variables).toHaveLength(1);
});

it('is deployed in the format that is read, under the version of what it says', () => {
  const [bytes, ...more] = stagedObjects(defineConfig({ suppressions: written(ENTRY) }));
  expect(more).toEqual([]);
  const set = decodeObject<SuppressionSet>(SUPPRESSIONS_FORMAT, bytes ?? new Uint8Array());
  expect(set.entries).toMatchObject([{ id: 'openssl-not-reached', end: { fix: true } }]);
  expect(set.version).toMatch(/^[0-9a-f]{12}$/);
  const commented = stagedObjects(defineConfig({ suppressions: written(`# A word.\n${ENTRY}`) }));
  expect(commented).toEqual([bytes]);
});

it('holds what documents of VEX say besides, and names those that are wrong', () => {
  const vex = join(folder, 'vex');
  mkdirSync(vex);
  const statement = {
    vulnerability: { name: 'CVE-2026-0002' },
    products: [{ '@id': 'pkg:apk/wolfi/zlib' }],
    status: 'fixed',
  };
  const document = {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://vex.example/1',
    author: 'The Vendor',
    timestamp: '2026-05-01T10:00:00Z',
    statements: [statement],
  };
  writeFileSync(join(vex, 'vendor.json'), JSON.stringify(document));
  writeFileSync(join(vex, 'README.md'), 'No document.');
  const config = defineConfig({ suppressions: written(ENTRY), vex: { folder: vex } });
  const [bytes] = stagedObjects(config);
  const set = decodeObject<SuppressionSet>(SUPPRESSIONS_FORMAT, bytes ?? new Uint8Array());
  expect(set.entries).toHaveLength(1);
  expect(set.statements).toMatchObject([{ author: 'The Vendor', status: 'fixed' }]);

  writeFileSync(join(vex, 'broken.json'), '{');
  writeFileSync(join(vex, 'nobody.json'), JSON.stringify({ ...document, author: '' }));
  expect(() => synthesize(config)).toThrow(
    /vex:\n {2}broken\.json: expected JSON\n {2}nobody\.json: author: /,
  );
});

it('warns of an entry that ended, and stands in the way of no deployment', () => {
  const text = ENTRY.replace('until: fix', 'until: 2026-05-02');
  const { annotations } = synthesize(defineConfig({ suppressions: written(text) }));
  annotations.hasWarning(
    '*',
    Match.stringLikeRegexp(
      '^suppressions: openssl-not-reached: it ended on 2026-05-02: take the entry out, or judge it again',
    ),
  );
});

it('says which repositories are trusted with what is attached to their images', () => {
  const trustAttachedFrom = ['registry.example/team/*'];
  const [bytes] = stagedObjects(defineConfig({ vex: { trustAttachedFrom } }));
  const set = decodeObject<SuppressionSet>(SUPPRESSIONS_FORMAT, bytes ?? new Uint8Array());
  expect(set).toMatchObject({ entries: [], trustAttachedFrom });
  expect(stagedObjects(defineConfig({}))).toEqual([]);
  expect(() => defineConfig({ vex: { trustAttachedFrom: ['*/*'] } })).toThrow(
    /trustAttachedFrom.*expected something that does not stand for everything/s,
  );
});

it('refuses what is named and not there', () => {
  const named = { suppressions: './nowhere.yaml', vex: { folder: 'no-vex' } };
  expect(() => synthesize(defineConfig(named))).toThrow(
    /^bad configuration:\n {2}suppressions: no such file: \.\/nowhere\.yaml\n {2}vex\.folder: no such folder: no-vex$/,
  );
});

it('names a file as it was written, before anything is bundled', () => {
  const file = relative('.', written('suppressions: [\n'));
  const app = new App();
  const make = () =>
    new TidewatchStack(app, 'Tidewatch', { config: defineConfig({ suppressions: file }) });
  expect(make).toThrow(`bad ${file}:\n  line 2: `);
  expect(app.node.findAll().filter((each) => each instanceof LambdaFunction)).toEqual([]);
});

it('names a document of VEX that is none', () => {
  const vex = join(folder, 'folders');
  mkdirSync(join(vex, 'folder.json'), { recursive: true });
  expect(() => synthesize(defineConfig({ vex: { folder: vex } }))).toThrow(
    /folders:\n {2}folder\.json: cannot be read: EISDIR$/,
  );
});

it.each<[string, string, RegExp]>([
  ['what is no YAML', 'suppressions: [\n', /^bad .*suppressions\.yaml:\n {2}line \d: /],
  [
    'an entry without an owner',
    ENTRY.replace('    owner: team-web\n', ''),
    /openssl-not-reached: owner: expected string, got nothing$/,
  ],
  [
    'a key twice',
    ENTRY.replace('until: fix', 'until: fix\n    until: fix'),
    /line 13: Map keys must be unique/,
  ],
])('refuses %s', (_name, text, message) => {
  expect(() => synthesize(defineConfig({ suppressions: written(text) }))).toThrow(message);
});
