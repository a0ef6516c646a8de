import { describe, expect, it } from 'vitest';
import { alasRecord } from '../../../core/advisory/alas.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { schemeOf } from '../../../core/version/scheme-of.ts';
import { aDeb } from '../../support/advisory-builders.ts';
import { anOsvRecord, matchRecords } from '../../support/osv-records.ts';

// Each test is named after what another scanner does wrong; docs/matching.md lists them.

const CVE = 'CVE-2026-9000001';

function anRpm(ecosystem: string, overrides: Partial<Package> = {}): Package {
  const { name, version } = { name: 'openssl-libs', version: '1:3.0.8-1', ...overrides };
  return aDeb({
    purl: `pkg:rpm/x/${name}@${version}?arch=x86_64`,
    ecosystem,
    type: 'rpm',
    name,
    version,
    source: { name: 'openssl', version: '3.0.8-1' },
    arch: 'x86_64',
    ...overrides,
  });
}

describe('rpm', () => {
  it.each([
    ['1.0^', '1.0'],
    ['1.0.1', '1.0^20160101'],
    ['1.0^git1', '1.0'],
    ['1.0^git1', '1.0^git1~pre'],
  ])('Grype and Trivy do not know ^: %s is above %s', (above, below) => {
    const scheme = schemeOf('Azure Linux:3');
    expect(scheme?.compare(scheme.parse(above), scheme.parse(below))).toBeGreaterThan(0);
    expect(scheme?.compare(scheme.parse(below), scheme.parse(above))).toBeLessThan(0);
  });

  it('Trivy compares the epoch of Azure Linux’s packages with fixes that have none', () => {
    const azure = (epoch: string) =>
      anOsvRecord(
        'AZL-1',
        { ecosystem: 'Azure Linux:3', name: 'openssl', events: [{ fixed: `${epoch}3.0.8-2` }] },
        { upstream: [CVE] },
      );
    for (const epoch of ['', '0:']) {
      const { findings } = matchRecords([anRpm('Azure Linux:3')], [azure(epoch)]);
      expect(findings.map(({ id }) => id)).toEqual([CVE]);
    }
    const fixed = anRpm('Azure Linux:3', {
      version: '1:3.0.8-2',
      source: { name: 'openssl', version: '3.0.8-2' },
    });
    expect(matchRecords([fixed], [azure('0:')]).findings).toEqual([]);
    // Built from a source of its own name, as most are.
    const itself = anRpm('Azure Linux:3', { name: 'openssl' });
    expect(matchRecords([itself], [azure('')]).findings).toHaveLength(1);
  });

  it('osv-scanner has no advisories of Amazon Linux', () => {
    const updates = (version: string) => ({
      id: 'ALAS2023-2026-9001',
      severity: 'important',
      published: '',
      modified: '',
      cves: [CVE, 'CVE-2026-9000002'],
      packages: [
        { name: 'openssl-libs', version, arch: 'x86_64' },
        { name: 'openssl', version: '9:9-9', arch: 'x86_64' },
      ],
    });
    const record = (version: string) => alasRecord('2023', [updates(version)]);
    const rpm = anRpm('Amazon Linux:2023');
    const { findings } = matchRecords([rpm], [record('1:3.0.8-2')]);
    expect(findings.map(({ id, fixedIn, severity }) => [id, fixedIn, severity])).toEqual([
      [CVE, '1:3.0.8-2', 'high'],
      ['CVE-2026-9000002', '1:3.0.8-2', 'high'],
    ]);
    expect(matchRecords([rpm], [record('1:3.0.8-1')]).findings, 'by the binary name alone').toEqual(
      [],
    );
  });

  it('osv-scalibr reads Azure Linux and panics at its order', () => {
    const record = anOsvRecord(
      'AZL-1',
      { ecosystem: 'Azure Linux:3', name: 'openssl', events: [{ introduced: '0' }] },
      { upstream: [CVE] },
    );
    const { findings, problems } = matchRecords([anRpm('Azure Linux:3')], [record]);
    expect(findings).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it('a scanner compares a package of a module with fixes of the one outside of it', () => {
    const name = 'nodejs';
    const rpm = (version: string) =>
      anRpm('AlmaLinux:9', { name, version, source: { name, version } });
    const record = (fixed: string) =>
      anOsvRecord(
        'ALSA-2026:1',
        { ecosystem: 'AlmaLinux:9', name, events: [{ fixed }] },
        { upstream: [CVE] },
      );
    const modular = '1:18.0.0-1.module_el9.1.0+1+aa';
    expect(matchRecords([rpm(modular)], [record('1:20.0.0-1.el9')]).findings).toEqual([]);
    expect(
      matchRecords([rpm(modular)], [record('1:18.2.0-1.module+el9.2.0+2+bb')]).findings,
    ).toHaveLength(1);
  });
});
