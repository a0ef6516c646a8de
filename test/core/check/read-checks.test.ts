import { describe, expect, it } from 'vitest';
import { checksAsRead } from '../../../core/check/read-checks.ts';
import { SUPPORT_DATES, SUPPORTED_PRODUCTS } from '../../../core/check/support/support-dates.ts';
import type { Inventory, Runtime } from '../../../core/inventory/inventory.ts';
import { anApk } from '../../support/advisory-builders.ts';
import { of } from '../../support/builders.ts';
import { imageSettings } from '../../support/image-settings.ts';

function anInventory(overrides: Partial<Inventory> = {}): Inventory {
  return {
    digest: of('image'),
    platform: 'linux/amd64',
    created: null,
    size: 0,
    layers: [],
    config: imageSettings(),
    distro: null,
    packages: [],
    runtimes: [],
    checks: [],
    problems: [],
    ...overrides,
  };
}

function distro(id: string, versionId: string, name = id): Partial<Inventory> {
  return { distro: { id, versionId, name } };
}

function runtime(language: Runtime['language'], version: string, ...evidence: string[]): Runtime {
  return { language, version, minor: version.split('.').slice(0, 2).join('.'), evidence };
}

function read(id: string, image: Partial<Inventory>, at = '2026-11-22T12:00:00Z', budget?: number) {
  const checks = checksAsRead(anInventory(image), { at, sizeBudget: budget ?? null });
  return checks.find((each) => each.id === id);
}

describe('support', () => {
  it.each<[string, Partial<Inventory>]>([
    ['a Debian that lives', distro('debian', '13')],
    ['an Alpine by its series', distro('alpine', '3.22.1')],
    ['nothing', {}],
    ['Wolfi, which has no releases', distro('wolfi', '20230201')],
    [
      "a distribution's own Python",
      {
        ...distro('debian', '12'),
        runtimes: [runtime('python', '3.9.2', 'deb python3.9=3.9.2-1 (var/lib/dpkg/status)')],
      },
    ],
    ['a newer Node', { runtimes: [runtime('node', '24.1.0', 'usr/local/bin/node')] }],
    ['one of the two Gos that are supported', { runtimes: [runtime('go', '1.27.1')] }],
    ['a Java whose end nobody publishes', { runtimes: [runtime('java', '21.0.5')] }],
    ['Azure Linux', distro('azurelinux', '3.0.20260601')],
  ])('passes for %s', (_, image) => {
    expect(read('support', image)).toMatchObject({ status: 'pass' });
  });

  it.each<[string, Partial<Inventory>, string]>([
    ['a Debian', distro('debian', '11', 'Debian'), 'Support of Debian 11 ended on 2026-08-31.'],
    [
      'an Alpine',
      distro('alpine', '3.20.3', 'Alpine'),
      'Support of Alpine 3.20 ended on 2026-04-01.',
    ],
    [
      "Amazon's first",
      distro('amzn', '2018.03', 'AMI'),
      'Support of Amazon Linux 1 ended on 2023-12-31.',
    ],
    [
      'a Python that nobody packaged',
      { runtimes: [runtime('python', '3.10.2', 'usr/local/lib/python3.10')] },
      'Support of Python 3.10 ended on 2026-10-31.',
    ],
    [
      'a Python of Wolfi, which ends with its upstream',
      {
        ...distro('wolfi', '20230201'),
        runtimes: [runtime('python', '3.10.2', 'apk python-3.10=3.10.2-r0 (x)')],
      },
      'Support of Python 3.10 ended on 2026-10-31.',
    ],
    [
      'Node',
      { runtimes: [runtime('node', '20.11.0')] },
      'Support of Node.js 20 ended on 2026-04-30.',
    ],
    ['Go', { runtimes: [runtime('go', '1.25.3')] }, 'Support of Go 1.25 ended on 2026-08-19.'],
    [
      'an Alpine that came before the table',
      distro('alpine', '3.9.6', 'Alpine'),
      'Support of Alpine 3.9 ended on 2022-05-01 or before.',
    ],
    [
      'CentOS Stream, which has the id of CentOS',
      distro('centos', '8', 'CentOS Stream'),
      'Support of CentOS Stream 8 ended on 2024-05-31.',
    ],
    [
      'Mariner',
      distro('mariner', '2.0.20250701', 'Common Base Linux Mariner'),
      'Support of CBL-Mariner 2 ended on 2025-07-31.',
    ],
    [
      'one of two, though nothing is known of the other',
      { ...distro('debian', '99'), runtimes: [runtime('node', '20.11.0')] },
      'Support of Node.js 20 ended on 2026-04-30.',
    ],
  ])('fails for %s that is over', (_, image, message) => {
    expect(read('support', image)).toMatchObject({
      status: 'fail',
      message,
      evidence: expect.stringMatching(/^https:/),
    });
  });

  it("goes by distroless' own dates, which are before Debian's", () => {
    const packages = [anApk({ path: 'var/lib/dpkg/status.d/base' })];
    const runtimes = [runtime('python', '3.11.2', 'deb python3.11-minimal=3.11.2 (x)')];
    const image = { ...distro('debian', '12', 'Debian'), packages, runtimes };
    expect(read('support', image)?.message).toBe(
      'Support of distroless debian12 python3 ended on 2026-04-30.',
    );
    expect(read('support', { ...image, runtimes: [] })?.message).toContain('debian12 base');
  });

  it('says it ninety days ahead, and on the last day it is not over', () => {
    const image = distro('alpine', '3.22.0', 'Alpine');
    expect(read('support', image, '2027-01-30T00:00:00Z')).toMatchObject({ status: 'pass' });
    expect(read('support', image, '2027-01-31T12:00:00Z')?.message).toBe(
      'Support of Alpine 3.22 ends on 2027-05-01, in 90 days.',
    );
    expect(read('support', image, '2027-05-01T23:00:00Z')?.message).toContain('in 0 days');
    expect(read('support', image, '2027-05-02T00:00:00Z')?.message).toContain('ended on');
  });

  it.each<[string, Partial<Inventory>, string]>([
    ['that is newer than its table', distro('debian', '99'), 'Debian 99 is newer than the table'],
    ['that is in no table', distro('ubuntu', '25.07'), 'Ubuntu 25.07 is not in the table of dates'],
    ['that an image does not say', distro('debian', ''), 'Debian does not say which release it is'],
    ["of Alpine's edge", distro('alpine', '3.25_alpha20261101'), 'Alpine does not say which'],
    ['of what nobody dates', distro('x'.repeat(90), '1'), '" 1 is nothing of which a day is known'],
    [
      'that is newer, beside one that is supported',
      { ...distro('debian', '13'), runtimes: [runtime('python', '3.99.0')] },
      'It is not known until when: Python 3.99 is newer than the table of dates.',
    ],
  ])('does not know a release %s', (_, image, message) => {
    expect(read('support', image)).toMatchObject({
      status: 'unknown',
      message: expect.stringContaining(message),
    });
  });

  it('takes "at least" for no end, and does not know any more when it is over', () => {
    const image = { runtimes: [runtime('java', '17.0.1')] };
    expect(read('support', image, '2027-10-31T12:00:00Z')?.message).toBe(
      'Supported until 2027-10-31 at least (Java 17).',
    );
    expect(read('support', image, '2027-11-01T00:00:00Z')).toMatchObject({ status: 'unknown' });
  });

  it('has dates that there are, each release once, and who says so', () => {
    for (const { until, source } of SUPPORT_DATES) {
      expect(new Date(`${until}T00:00:00Z`).toISOString().slice(0, 10)).toBe(until);
      expect(source).toMatch(/^https:\/\//);
    }
    for (const { dates } of SUPPORTED_PRODUCTS) {
      const releases = dates.map(([release]) => release);
      expect(releases).toEqual(
        releases.toSorted(new Intl.Collator('en', { numeric: true }).compare),
      );
    }
    const names = SUPPORT_DATES.map(({ product, release }) => `${product} ${release}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('image-size', () => {
  const layers = [
    { digest: of('small'), diffId: of('small'), size: 1_000_000 },
    { digest: of('large'), diffId: of('large'), size: 299_000_000 },
  ];
  const image = { size: 300_000_000, layers };

  it('passes without a budget, and within one', () => {
    expect(read('image-size', image)).toMatchObject({ status: 'pass' });
    expect(read('image-size', image, undefined, 300_000_000)).toMatchObject({ status: 'pass' });
  });

  it('fails above it, and names the largest layer', () => {
    expect(read('image-size', image, undefined, 250_000_000)).toMatchObject({
      status: 'fail',
      message: 'Is larger than its budget: 300.0 MB of 250.0 MB. The largest layer has 299.0 MB.',
      evidence: of('large'),
    });
  });
});
