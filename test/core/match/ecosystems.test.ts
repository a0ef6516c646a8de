import { describe, expect, it } from 'vitest';
import { compileRecord } from '../../../core/advisory/compile-record.ts';
import type { AdvisoryEntry } from '../../../core/advisory/entry.ts';
import { parseOsvRecord } from '../../../core/advisory/osv.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { explainMatch } from '../../../core/match/explain-match.ts';
import { lookupKeysOf, unitsOf } from '../../../core/match/unit.ts';
import {
  aDeb,
  aLanguagePackage,
  anApk,
  anRpm,
  aWheel,
  lookupIn,
} from '../../support/advisory-builders.ts';
import { matchPackages } from '../../support/match-packages.ts';

const AT = '2026-11-21T00:00:00.000Z';
const CVE = 'CVE-2026-9000001';

/** What one package is told, when only these records are there; `undefined` for no finding. */
function fix(
  subject: Package,
  entries: readonly AdvisoryEntry[],
  known: ReadonlySet<string> = new Set(entries.map(({ ecosystem }) => ecosystem)),
): string | null | undefined {
  const keys = new Set(
    lookupKeysOf(unitsOf({ packages: [subject] }), known).map((key) => JSON.stringify(key)),
  );
  const lookup = lookupIn(entries);
  // Nothing is found that was not looked up before.
  const { findings } = matchPackages(
    [subject],
    (key) => (keys.has(JSON.stringify(key)) ? lookup(key) : []),
    AT,
    known,
  );
  return findings.find(({ id }) => id === CVE)?.fixedIn;
}

/** A record of one package, fixed in a version, or open. */
function record(
  ecosystem: string,
  name: string,
  fixed: string | null,
  more: { readonly id?: string; readonly versions?: readonly string[] } = {},
): AdvisoryEntry {
  const events = [{ introduced: '0' }, ...(fixed === null ? [] : [{ fixed }])];
  const { id = 'X-1', versions = [] } = more;
  const [entry] = compileRecord(
    'feed',
    parseOsvRecord({
      id,
      upstream: [CVE],
      affected: [
        { package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events }], versions },
      ],
    }),
  );
  if (!entry) throw new Error('no entry');
  return entry;
}

function problems(subject: Package): string[] {
  return matchPackages([subject], () => [], AT).problems.map(({ reason }) => reason);
}

describe('Debian and Ubuntu', () => {
  it('compare the source version, whose number a rebuild of the binary does not raise', () => {
    const rebuilt = aDeb({
      version: '2.38.1-5+b1',
      source: { name: 'util-linux', version: '2.38.1-5' },
    });
    expect(fix(rebuilt, [record('Debian:12', 'util-linux', '2.38.1-5')])).toBeUndefined();
    expect(fix(rebuilt, [record('Debian:12', 'util-linux', '2.38.1-6')])).toBe('2.38.1-6');
    expect(fix(rebuilt, [record('Debian:12', 'bsdutils', '9')])).toBeUndefined();
  });

  it.each([
    'linux',
    'linux-6.1',
    'linux-signed-amd64',
    'linux-aws-6.8',
    'linux-hwe-6.8',
    'linux-meta',
  ])('leave out what is built from %s, and say why', (name) => {
    const headers = aDeb({ name: 'linux-libc-dev', source: { name, version: '6.1.1-1' } });
    expect(fix(headers, [record('Debian:12', name, '9')])).toBeUndefined();
    expect(problems(headers)).toEqual([
      'linux-libc-dev is not matched: part of a kernel: a container runs that of its host',
    ]);
  });

  it('explain a kernel by that reason too', () => {
    const headers = aDeb({ name: 'linux-libc-dev', source: { name: 'linux', version: '6.1.1-1' } });
    const lookup = lookupIn([record('Debian:12', 'linux', '9')]);
    expect(explainMatch({ ...headers, owner: null }, CVE, lookup, AT)).toMatchObject({
      verdict: 'not-known',
      records: [],
      notLookedUp: 'part of a kernel: a container runs that of its host',
    });
  });

  it.each(['linux-atm', 'linux-base', 'linuxptp'])('match %s, which is no kernel', (name) => {
    const program = aDeb({ name: 'program', source: { name, version: '1-1' } });
    expect(fix(program, [record('Debian:12', name, '9')])).toBe('9');
  });
});

describe('Ubuntu', () => {
  const plain = aDeb({
    ecosystem: 'Ubuntu:22.04:LTS',
    name: 'openssl',
    version: '3.0.2-0ubuntu1.1',
    source: { name: 'openssl', version: '3.0.2-0ubuntu1.1' },
  });
  const subscribed = {
    ...plain,
    ecosystem: 'Ubuntu:Pro:22.04:LTS',
    version: '3.0.2-0ubuntu1.1+esm1',
    source: { name: 'openssl', version: '3.0.2-0ubuntu1.1+esm1' },
  };
  const open = record('Ubuntu:22.04:LTS', 'openssl', null, { id: 'UBUNTU-1' });
  const pro = (fixed: string | null) =>
    record('Ubuntu:Pro:22.04:LTS', 'openssl', fixed, { id: 'UBUNTU-2' });

  it.each(['Ubuntu:22.04:LTS', 'Ubuntu:22.04', 'Ubuntu'])('takes records of %s', (ecosystem) => {
    expect(fix(plain, [record(ecosystem, 'openssl', '9')])).toBe('9');
  });

  it.each(['Ubuntu:24.04:LTS', 'Ubuntu:23.10'])('takes none of %s', (ecosystem) => {
    expect(fix(plain, [record(ecosystem, 'openssl', '9')])).toBeUndefined();
  });

  it('does not offer the fix of a subscription to what has none', () => {
    expect(fix(plain, [pro('3.0.2-0ubuntu1.1+esm1')])).toBeNull();
    expect(fix(plain, [open, pro('3.0.2-0ubuntu1.1+esm1')])).toBeNull();
  });

  it('does not clear by what a subscription clears', () => {
    expect(fix(plain, [open, pro('0')])).toBeNull();
    expect(fix(plain, [pro('0')])).toBeUndefined();
  });

  it('lets the records of its own release decide', () => {
    const fixed = record('Ubuntu:22.04:LTS', 'openssl', '3.0.2-0ubuntu1.2', { id: 'UBUNTU-1' });
    expect(fix(plain, [fixed, pro('3.0.2-0ubuntu1.1+esm1')])).toBe('3.0.2-0ubuntu1.2');
    const patched = record('Ubuntu:22.04:LTS', 'openssl', '3.0.2-0ubuntu1.1', { id: 'UBUNTU-1' });
    expect(fix(plain, [patched, pro(null)])).toBeUndefined();
  });

  it('knows what came with a subscription by its own records, else by the plain ones', () => {
    expect(fix(subscribed, [open, pro('3.0.2-0ubuntu1.1+esm1')])).toBeUndefined();
    expect(fix(subscribed, [open, pro('3.0.2-0ubuntu1.1+esm2')])).toBe('3.0.2-0ubuntu1.1+esm2');
    expect(fix(subscribed, [open])).toBeNull();
  });
});

describe.each([
  ['Alpine', 'Alpine:v3.20', anApk({ ecosystem: 'Alpine', version: '1.2.3-r0' })],
  [
    'Ubuntu',
    'Ubuntu:22.04:LTS',
    aDeb({ ecosystem: 'Ubuntu', source: { name: 'zlib', version: '1.2.3-r0' } }),
  ],
] as const)('%s without a release', (_base, release, subject) => {
  it('matches only where its very version is listed', () => {
    expect(fix(subject, [record(release, 'zlib', '9')])).toBeUndefined();
    expect(fix(subject, [record(release, 'zlib', '9', { versions: ['1.2.3-r0'] })])).toBeNull();
  });
});

describe('Alpine', () => {
  it('keeps its releases apart, edge among them', () => {
    const edge = anApk({ ecosystem: 'Alpine:edge' });
    const stable = anApk({ ecosystem: 'Alpine:v3.20' });
    expect(fix(edge, [record('Alpine:edge', 'zlib', '9')])).toBe('9');
    expect(fix(edge, [record('Alpine:v3.20', 'zlib', '9')])).toBeUndefined();
    expect(fix(stable, [record('Alpine:v3.20', 'zlib', '9')])).toBe('9');
    expect(fix(stable, [record('Alpine:edge', 'zlib', '9')])).toBeUndefined();
  });
});

describe('Azure Linux', () => {
  it('goes by the source name, not the binary one', () => {
    expect(fix(anRpm(), [record('Azure Linux:3', 'openssl', '3.3.3-2.azl3')])).toBe('3.3.3-2.azl3');
    expect(fix(anRpm(), [record('Azure Linux:3', 'openssl-libs', '9')])).toBeUndefined();
  });

  it('leaves the epoch out, which its records write as 0', () => {
    const certificates = anRpm({
      name: 'ca-certificates-base',
      version: '1:2.0.0-8.azl3',
      source: { name: 'ca-certificates', version: '2.0.0-8.azl3' },
    });
    const fixed = (version: string) => [record('Azure Linux:3', 'ca-certificates', version)];
    expect(fix(certificates, fixed('0:2.0.0-9.azl3'))).toBe('0:2.0.0-9.azl3');
    expect(fix(certificates, fixed('2.0.0-9.azl3'))).toBe('2.0.0-9.azl3');
    expect(fix(certificates, fixed('0:2.0.0-8.azl3'))).toBeUndefined();
  });
});

describe.each([
  ['Amazon Linux:2023', 'amzn2023'],
  ['AlmaLinux:9', 'el9'],
  ['Red Hat:enterprise_linux:9', 'el9'],
])('%s', (ecosystem, release) => {
  const bind = anRpm({
    ecosystem,
    name: 'bind-libs',
    version: `32:9.16.23-11.${release}`,
    source: { name: 'bind', version: `9.16.23-11.${release}` },
  });

  it('goes by the binary name, with the epoch', () => {
    expect(fix(bind, [record(ecosystem, 'bind-libs', `32:9.16.23-12.${release}`)])).toBe(
      `32:9.16.23-12.${release}`,
    );
    expect(fix(bind, [record(ecosystem, 'bind-libs', `31:9.99.9-1.${release}`)])).toBeUndefined();
    expect(fix(bind, [record(ecosystem, 'bind', `32:9.16.23-12.${release}`)])).toBeUndefined();
  });

  it('leaves kernels and keys out', () => {
    const headers = anRpm({
      ecosystem,
      name: 'kernel-headers',
      source: { name: 'kernel', version: '6-1' },
    });
    expect(fix(headers, [record(ecosystem, 'kernel-headers', '9-9')])).toBeUndefined();
    const key = anRpm({ ecosystem, name: 'gpg-pubkey', source: null });
    expect(fix(key, [record(ecosystem, 'gpg-pubkey', '9-9')])).toBeUndefined();
  });
});

describe('Red Hat', () => {
  const openssl = anRpm({
    ecosystem: 'Red Hat:enterprise_linux:9',
    name: 'openssl-libs',
    version: '1:3.0.7-1.el9',
  });

  it.each([
    'Red Hat:enterprise_linux:9::baseos',
    'Red Hat:enterprise_linux:9::appstream',
    'Red Hat:enterprise_linux:9::sap',
    'Red Hat:enterprise_linux:9',
    'Red Hat',
  ])('takes records of %s', (ecosystem) => {
    expect(fix(openssl, [record(ecosystem, 'openssl-libs', '1:3.0.7-2.el9')])).toBe(
      '1:3.0.7-2.el9',
    );
  });

  it.each([
    'Red Hat:rhel_eus:9.2::baseos',
    'Red Hat:enterprise_linux:8::baseos',
    'Red Hat:enterprise_linux:90::baseos',
  ])('takes none of %s', (ecosystem) => {
    expect(fix(openssl, [record(ecosystem, 'openssl-libs', '1:3.0.7-2.el9')])).toBeUndefined();
  });

  it('takes those of a minor release, as version 10 has them', () => {
    const ten = { ...openssl, ecosystem: 'Red Hat:enterprise_linux:10' };
    expect(fix(ten, [record('Red Hat:enterprise_linux:10.1', 'openssl-libs', '1:9-1.el10')])).toBe(
      '1:9-1.el10',
    );
  });

  it('does not compare a module with a package outside of it', () => {
    const modular = anRpm({
      ecosystem: 'Red Hat:enterprise_linux:8',
      name: 'nodejs',
      version: '1:16.20.1-1.module+el8.8.0+1+a',
    });
    const usual = { ...modular, version: '1:10.24.0-1.el8' };
    const ofModule = record(
      'Red Hat:enterprise_linux:8::appstream',
      'nodejs',
      '1:16.20.2-3.module+el8.8.0+2+b',
    );
    const ofUsual = record('Red Hat:enterprise_linux:8::appstream', 'nodejs', '1:99.0-1.el8');
    expect(fix(modular, [ofModule])).toBe('1:16.20.2-3.module+el8.8.0+2+b');
    expect(fix(modular, [ofUsual])).toBeUndefined();
    expect(fix(usual, [ofModule])).toBeUndefined();
    expect(fix(usual, [ofUsual])).toBe('1:99.0-1.el8');
    // AlmaLinux writes `.module_el8`.
    const alma = { ...modular, ecosystem: 'AlmaLinux:8', version: '1:16.20.1-1.module_el8.8.0+1' };
    expect(fix(alma, [record('AlmaLinux:8', 'nodejs', '1:16.20.1-1.module_el8.8.0+2')])).toBe(
      '1:16.20.1-1.module_el8.8.0+2',
    );
    expect(
      fix(alma, [record('AlmaLinux:8', 'nodejs', '1:16.20.1-1.module+el8.8.0+1')]),
    ).toBeUndefined();
  });

  it('cannot tell streams of a module apart: a fix of a newer one is told, never hidden', () => {
    const old = anRpm({
      ecosystem: 'AlmaLinux:8',
      name: 'nodejs',
      version: '1:16.20.2-1.module_el8.8.0+2+b',
    });
    const of16 = record('AlmaLinux:8', 'nodejs', '1:16.20.2-1.module_el8.8.0+2+b');
    const of18 = record('AlmaLinux:8', 'nodejs', '1:18.17.1-1.module_el8.8.0+3+c');
    expect(fix(old, [of16])).toBeUndefined();
    expect(fix(old, [of18])).toBe('1:18.17.1-1.module_el8.8.0+3+c');
  });
});

describe('Rocky Linux', () => {
  const libs = anRpm({
    ecosystem: 'Rocky Linux:9',
    name: 'bind-libs',
    version: '32:9.16.23-11.el9',
    source: { name: 'bind', version: '9.16.23-11.el9' },
  });

  it('takes records of the source where there are none of the binary, and gives it its epoch', () => {
    const source = (fixed: string) => record('Rocky Linux:9', 'bind', fixed);
    expect(fix(libs, [source('32:9.16.23-12.el9')])).toBe('32:9.16.23-12.el9');
    expect(fix(libs, [source('32:9.16.23-11.el9')])).toBeUndefined();
  });

  it('lets records of the binary win', () => {
    const binary = record('Rocky Linux:9', 'bind-libs', '32:9.16.23-11.el9', { id: 'RLSA-2' });
    expect(
      fix(libs, [record('Rocky Linux:9', 'bind', '32:9.16.23-12.el9'), binary]),
    ).toBeUndefined();
  });
});

describe('SUSE', () => {
  it('goes by the source name, in every product of the release', () => {
    const ssl = anRpm({
      ecosystem: 'SUSE:Linux Enterprise Server 15 SP6',
      name: 'libopenssl3',
      version: '3.1.4-150600.5.1',
      source: { name: 'openssl-3', version: '3.1.4-150600.5.1' },
    });
    const of = (product: string) => [record(product, 'openssl-3', '3.1.4-150600.5.2')];
    expect(fix(ssl, of('SUSE:Linux Enterprise Server 15 SP6'))).toBe('3.1.4-150600.5.2');
    expect(fix(ssl, of('SUSE:Linux Enterprise Module for Basesystem 15 SP6'))).toBe(
      '3.1.4-150600.5.2',
    );
    expect(fix(ssl, of('SUSE:Linux Enterprise Module for Basesystem 15 SP5'))).toBeUndefined();
    expect(fix(ssl, of('SUSE:Manager Server 15 SP6'))).toBeUndefined();
  });
});

describe('Go', () => {
  const stdlib = (version: string) => aLanguagePackage('golang', 'stdlib', version);

  it('reads what a builder appends to the version of the standard library as no part of it', () => {
    const entries = [record('Go', 'stdlib', '1.22.5')];
    for (const version of ['1.22.5', 'go1.22.5', '1.22.5 X:boringcrypto', '1.22.5-fips']) {
      expect([version, fix(stdlib(version), entries)]).toEqual([version, undefined]);
    }
    expect(fix(stdlib('1.22.4-X:foo'), entries)).toBe('1.22.5');
    expect(fix(stdlib('1.22rc1'), [record('Go', 'stdlib', '1.22.0-0')])).toBeUndefined();
    expect(fix(stdlib('1.22rc1'), [record('Go', 'stdlib', '1.22.0')])).toBe('1.22.0');
  });

  it('never takes a binary for the tool that built it', () => {
    const tool = aLanguagePackage('golang', 'toolchain', '1.21.0');
    expect(fix(tool, [record('Go', 'toolchain', '9.0.0')])).toBeUndefined();
  });

  it.each(['(devel)', ''])('matches no module of version %j, and says so', (version) => {
    const main = aLanguagePackage('golang', 'example.com/tool', version);
    expect(fix(main, [record('Go', 'example.com/tool', null)])).toBeUndefined();
    expect(problems(main)).toEqual([
      'example.com/tool is not matched: built without a version: none to compare',
    ]);
  });

  it('says so when no release of Go built a binary', () => {
    expect(problems(stdlib('devel go1.27-abc'))[0]).toContain('built by no release of Go');
  });

  it('tells the case of a module apart', () => {
    const module = aLanguagePackage('golang', 'github.com/Masterminds/x', 'v1.0.0');
    expect(fix(module, [record('Go', 'github.com/Masterminds/x', '1.0.1')])).toBe('1.0.1');
    expect(fix(module, [record('Go', 'github.com/masterminds/x', '1.0.1')])).toBeUndefined();
  });

  it('orders pseudo-versions, and takes +incompatible for no part of a version', () => {
    const pseudo = aLanguagePackage(
      'golang',
      'example.com/m',
      'v0.0.0-20191109021931-daa7c04131f5',
    );
    expect(fix(pseudo, [record('Go', 'example.com/m', '0.0.0-20200101000000-000000000000')])).toBe(
      '0.0.0-20200101000000-000000000000',
    );
    const old = aLanguagePackage('golang', 'example.com/m', 'v2.0.0+incompatible');
    expect(fix(old, [record('Go', 'example.com/m', '2.0.0')])).toBeUndefined();
    expect(problems(old)).toEqual([]);
  });
});

describe('other languages', () => {
  it('finds npm packages by their names as written, the escape of purls aside', () => {
    const scoped = aLanguagePackage('npm', '%40angular/core', '1.0.0');
    expect(fix(scoped, [record('npm', '@angular/core', '1.0.1')])).toBe('1.0.1');
    const old = aLanguagePackage('npm', 'JSONStream', '1.0.0');
    expect(fix(old, [record('npm', 'JSONStream', '1.0.1')])).toBe('1.0.1');
    expect(fix(old, [record('npm', 'jsonstream', '1.0.1')])).toBeUndefined();
  });

  it.each(['npm', 'cargo'] as const)('says of a version of %s when it is not strict', (type) => {
    expect(problems(aLanguagePackage(type, 'x', '1.2'))[0]).toContain('is no valid semver version');
    expect(problems(aLanguagePackage(type, 'x', '1.2.3-rc.1'))).toEqual([]);
  });

  it('finds crates and Maven artifacts', () => {
    expect(
      fix(aLanguagePackage('cargo', 'serde_json', '1.0.0'), [
        record('crates.io', 'serde_json', '1.0.1'),
      ]),
    ).toBe('1.0.1');
    const log4j = aLanguagePackage('maven', 'org.apache.logging.log4j:log4j-core', '2.0-beta9');
    const fixed = [record('Maven', 'org.apache.logging.log4j:log4j-core', '2.0-rc1')];
    expect(fix(log4j, fixed)).toBe('2.0-rc1');
    expect(fix({ ...log4j, version: '2.0' }, fixed)).toBeUndefined();
  });

  it('normalises the names of PyPI on both sides', () => {
    const wheel = aWheel({ name: 'Zope_.Interface', version: '5.0' });
    expect(fix(wheel, [record('PyPI', 'zope.interface', '5.1')])).toBe('5.1');
  });

  it('finds an interpreter that no OS package owns', () => {
    const python = aLanguagePackage('bitnami', 'python', '3.14.4');
    expect(fix(python, [record('Bitnami', 'python', '3.14.5')])).toBe('3.14.5');
    expect(
      fix({ ...python, version: '3.14.5' }, [record('Bitnami', 'python', '3.14.5')]),
    ).toBeUndefined();
  });
});
