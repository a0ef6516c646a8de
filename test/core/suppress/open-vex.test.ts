import { describe, expect, it } from 'vitest';
import { createSuppressor } from '../../../core/suppress/create-suppressor.ts';
import { InvalidVexError, parseOpenVex } from '../../../core/suppress/open-vex.ts';
import { suppressionSet } from '../../../core/suppress/read-suppression-file.ts';
import { aTarget, aWorkload, CHANNEL, of } from '../../support/builders.ts';
import { anEntry, aSet } from '../../support/suppression-builders.ts';

const REPOSITORY = CHANNEL.slice(0, -1);
const HEX = of('new index').slice('sha256:'.length);
const IMAGE = `pkg:oci/web@sha256%3A${HEX}?repository_url=registry.example/web`;
const OPENSSL = 'pkg:apk/wolfi/openssl';

function aStatement(overrides: object = {}): object {
  return {
    vulnerability: { name: 'CVE-2026-0001' },
    products: [{ '@id': IMAGE, subcomponents: [{ '@id': OPENSSL }] }],
    status: 'not_affected',
    justification: 'vulnerable_code_not_present',
    ...overrides,
  };
}

function aDocument(statements: readonly object[], overrides: object = {}): object {
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://vex.example/1',
    author: 'The Vendor',
    timestamp: '2026-05-01T10:00:00Z',
    version: 1,
    statements,
    ...overrides,
  };
}

const SUBJECT = {
  ids: ['CVE-2026-0001', 'GHSA-aaaa-bbbb-cccc'],
  package: 'pkg:apk/wolfi/openssl@3.5.0-r0?arch=x86_64&distro=wolfi',
  severity: 'high' as const,
  fixedIn: null,
};

function judged(
  statements: readonly object[],
  at = '2026-06-01T02:00:00.000Z',
  place = aWorkload(),
) {
  const set = suppressionSet([], { statements: parseOpenVex(aDocument(statements)) });
  return createSuppressor(set, at).judge(SUBJECT, place);
}

describe('a statement of OpenVEX', () => {
  it('silences, with its author and its words', () => {
    expect(judged([aStatement()])).toEqual({
      entry: 'vex https://vex.example/1 CVE-2026-0001',
      version: expect.any(String),
      owner: 'The Vendor',
      author: 'The Vendor',
      reason: 'not_affected: vulnerable_code_not_present',
      until: 'until it says otherwise',
      via: 'vex',
    });
  });

  it.each<[string, object, boolean]>([
    ['that it is fixed', { status: 'fixed' }, true],
    ['that it is affected', { status: 'affected' }, false],
    ['that somebody looks', { status: 'under_investigation' }, false],
    ['an alias', { vulnerability: { name: 'X-1', aliases: ['GHSA-aaaa-bbbb-cccc'] } }, true],
    ['another vulnerability', { vulnerability: { name: 'CVE-2026-0002' } }, false],
    ['the image whole', { products: [{ '@id': IMAGE }] }, true],
    ['another image', { products: [{ '@id': IMAGE.replace(HEX, 'a'.repeat(64)) }] }, false],
    ['the platform’s digest', { products: [{ hashes: { 'sha-256': of('new').slice(7) } }] }, true],
    ['its repository', { products: [{ '@id': `pkg:oci/web?repository_url=${REPOSITORY}` }] }, true],
    [
      'another repository',
      { products: [{ '@id': 'pkg:oci/web?repository_url=a.example/web' }] },
      false,
    ],
    ['the image’s name', { products: [{ '@id': 'pkg:oci/web' }] }, true],
    [
      'the image’s name and the hash of another',
      { products: [{ '@id': 'pkg:oci/web', hashes: { 'sha-256': 'a'.repeat(64) } }] },
      false,
    ],
    [
      'the image’s name and its own hash',
      { products: [{ '@id': 'pkg:oci/web', hashes: { 'sha-256': HEX.toUpperCase() } }] },
      true,
    ],
    [
      'an image that only a hash names',
      { products: [{ '@id': 'urn:web', hashes: { 'sha-256': HEX, 'sha-512': 'b' } }] },
      true,
    ],
    [
      'another image that only a hash names',
      { products: [{ '@id': 'urn:web', hashes: { 'sha-256': 'a'.repeat(64) } }] },
      false,
    ],
    [
      'the image by its digest and hashes of other kinds',
      { products: [{ '@id': IMAGE, hashes: { 'sha-256': HEX, 'sha-512': 'b' } }] },
      true,
    ],
    ['the image with its tag', { products: [{ '@id': `${IMAGE}&tag=v1` }] }, true],
    ['a package anywhere', { products: [{ '@id': OPENSSL }] }, true],
    ['a version of it', { products: [{ '@id': `${OPENSSL}@3.5.0-r0` }] }, true],
    ['another version', { products: [{ '@id': `${OPENSSL}@3.5.1-r0` }] }, false],
    ['another architecture', { products: [{ '@id': `${OPENSSL}?arch=aarch64` }] }, false],
    ['another distribution', { products: [{ '@id': 'pkg:apk/alpine/openssl' }] }, false],
    ['an identifier', { products: [{ '@id': 'urn:x', identifiers: { purl: OPENSSL } }] }, true],
  ])('about %s', (_name, overrides, expected) => {
    expect(judged([aStatement(overrides)]) !== undefined).toBe(expected);
  });

  it('is not the last word where a later one says otherwise', () => {
    const later = aStatement({ status: 'affected', timestamp: '2026-05-10T10:00:00+02:00' });
    expect(judged([later, aStatement()])).toBeUndefined();
    // Not yet said.
    expect(judged([later, aStatement()], '2026-05-05T00:00:00.000Z')).toBeDefined();
  });

  it('counts less than an entry of the file', () => {
    const [own] = aSet(anEntry()).entries;
    const set = suppressionSet(own ? [own] : [], {
      statements: parseOpenVex(aDocument([aStatement()])),
    });
    const by = createSuppressor(set, '2026-06-01T02:00:00.000Z').judge(SUBJECT, aTarget());
    expect(by?.entry).toBe('openssl-not-reached');
  });
});

describe('a document of OpenVEX', () => {
  it.each<[string, unknown, string]>([
    ['is no document', [], 'document: '],
    [
      'is of another version',
      aDocument([], { '@context': 'https://openvex.dev/ns/v0.0.1' }),
      '@context: expected https://openvex.dev/ns/v0.2.0',
    ],
    ['is nobody’s', aDocument([], { author: undefined }), 'author: '],
    ['has no time', aDocument([], { timestamp: 'today' }), 'timestamp: expected a time'],
    [
      'says why of nothing',
      aDocument([aStatement({ justification: undefined })]),
      'statements.0.justification: expected one, or an impact_statement',
    ],
    [
      'has a word that is none',
      aDocument([aStatement({ justification: 'risk_accepted' })]),
      'statements.0.justification: ',
    ],
    [
      'has a status that is none',
      aDocument([aStatement({ status: 'safe' })]),
      'statements.0.status: ',
    ],
    [
      'is about nothing',
      aDocument([aStatement({ products: [] })]),
      'statements.0.products: expected a product',
    ],
    [
      'names what is no purl',
      aDocument([aStatement({ products: [{ '@id': 'web' }] })]),
      'statements.0.products.0: expected a purl, got "web"',
    ],
    [
      'names an image by its tag',
      aDocument([aStatement({ products: [{ '@id': 'pkg:oci/web@v1' }] })]),
      'statements.0.products.0: expected an image’s digest, got "v1"',
    ],
    [
      'names an image in an image',
      aDocument([aStatement({ products: [{ '@id': IMAGE, subcomponents: [{ '@id': IMAGE }] }] })]),
      'statements.0.products.0: expected a subcomponent with a package’s purl',
    ],
    [
      'names one tag of an image',
      aDocument([aStatement({ products: [{ '@id': 'pkg:oci/web?tag=v1' }] })]),
      'statements.0.products.0: expected a digest beside tag, got "pkg:oci/web?tag=v1"',
    ],
    [
      'names an image by a hash of another kind',
      aDocument([aStatement({ products: [{ '@id': 'pkg:oci/web', hashes: { 'sha-512': 'a' } }] })]),
      'statements.0.products.0: expected a digest beside hashes, got "pkg:oci/web"',
    ],
    [
      'names an image by a hash that is too short',
      aDocument([aStatement({ products: [{ '@id': 'pkg:oci/web', hashes: { 'sha-256': 'a' } }] })]),
      'statements.0.products.0: expected a digest beside hashes, got "pkg:oci/web"',
    ],
    [
      'names an image by a digest and another one’s hash',
      aDocument([
        aStatement({ products: [{ '@id': IMAGE, hashes: { 'sha-256': 'a'.repeat(64) } }] }),
      ]),
      `statements.0.products.0: expected the hash of sha256:${HEX}, got "aaa`,
    ],
    [
      'names something by a hash of another kind alone',
      aDocument([aStatement({ products: [{ hashes: { 'sha-512': 'a' } }] })]),
      'statements.0.products.0: expected a purl, got no id',
    ],
    [
      'names one build of a package',
      aDocument([
        aStatement({ products: [{ '@id': OPENSSL, hashes: { 'sha-256': HEX } }] }),
        aStatement({
          products: [
            { '@id': 'urn:x', identifiers: { purl: OPENSSL }, hashes: { 'sha-256': HEX } },
          ],
        }),
      ]),
      'statements.0.products.0: expected a package without hashes, got "pkg:apk/wolfi/openssl"; statements.1',
    ],
    [
      'names one build of a package in an image',
      aDocument([
        aStatement({
          products: [
            { '@id': IMAGE, subcomponents: [{ '@id': OPENSSL, hashes: { 'sha-256': HEX } }] },
          ],
        }),
      ]),
      'statements.0.products.0: expected a package without hashes, got "pkg:apk/wolfi/openssl"',
    ],
    [
      'names every repository',
      aDocument([aStatement({ products: [{ '@id': 'pkg:oci/web?repository_url=*' }] })]),
      'statements.0.products.0: expected a repository’s name, got "pkg:oci/web?repository_url=*"',
    ],
    [
      'names every image',
      aDocument([aStatement({ products: [{ '@id': 'pkg:oci/%2A' }] })]),
      'statements.0.products.0: expected a repository’s name, got "pkg:oci/%2A"',
    ],
    [
      'names a part of a package',
      aDocument([aStatement({ products: [{ '@id': `${OPENSSL}#usr/bin` }] })]),
      'statements.0.products.0: expected a purl without a path',
    ],
    [
      'names a package in a package',
      aDocument([
        aStatement({
          products: [{ '@id': 'pkg:golang/app', subcomponents: [{ '@id': OPENSSL }] }],
        }),
      ]),
      'statements.0.products.0: expected an image around its subcomponents, got "pkg:golang/app"',
    ],
    ['says too much', aDocument(Array.from({ length: 5001 }, () => aStatement())), 'statements: '],
  ])('that %s is refused by name', (_name, data, error) => {
    expect(() => parseOpenVex(data)).toThrow(InvalidVexError);
    expect(() => parseOpenVex(data)).toThrow(error);
  });

  it('may give an impact in place of a justification', () => {
    const said = aStatement({ justification: undefined, impact_statement: 'Never built.' });
    expect(judged([said])?.reason).toBe('not_affected: Never built.');
  });
});
