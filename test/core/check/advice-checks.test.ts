import { describe, expect, it } from 'vitest';
import { aWheel } from '../../support/advisory-builders.ts';
import { type CheckedImage, runCheck } from '../../support/run-check.ts';

type Files = NonNullable<CheckedImage['files']>;
type Config = NonNullable<CheckedImage['config']>;

const elf = { type: 'dyn', machine: 'amd64', bits: 64 } as const;

describe('path-programs', () => {
  const dynamic = { ...elf, isDynamic: true, interpreter: '/lib64/ld-linux-x86-64.so.2' } as const;
  const loader: Files = { 'lib64/ld-linux-x86-64.so.2': { facts: { elf } } };

  it.each<[string, Files]>([
    ['static', { 'usr/bin/x': { facts: { elf } } }],
    ['with its loader', { ...loader, 'usr/bin/x': { facts: { elf: dynamic } } }],
    ['out of PATH', { 'opt/x': { facts: { elf: dynamic } } }],
    [
      'for another processor',
      { 'usr/bin/x': { facts: { elf: { ...dynamic, machine: 'arm64' } } } },
    ],
    ['a script for a shell', { 'usr/bin/x': { facts: { shebang: '/bin/sh' } } }],
    ['not to be executed', { 'usr/bin/x': { mode: 0o644, facts: { elf: dynamic } } }],
    ['unknown', { 'usr/bin/x': 'text' }],
  ])('passes for one that is %s', (_, files) => {
    expect(runCheck('path-programs', { files })).toMatchObject({ status: 'pass' });
  });

  it.each<[string, Files, string]>([
    [
      'its loader',
      { 'usr/bin/x': { facts: { elf: dynamic } } },
      'no "/lib64/ld-linux-x86-64.so.2"',
    ],
    [
      'a library',
      { ...loader, 'usr/bin/x': { facts: { elf: { ...dynamic, needed: ['libz.so.1'] } } } },
      'no "libz.so.1"',
    ],
    [
      'a newer glibc',
      {
        ...loader,
        'usr/lib/libc.so.6': {
          facts: { elf: { ...elf, soname: 'libc.so.6', provides: ['GLIBC_2.36'] } },
        },
        'usr/bin/x': {
          facts: {
            elf: {
              ...dynamic,
              needed: ['libc.so.6'],
              requires: [{ library: 'libc.so.6', versions: ['GLIBC_2.2.5', 'GLIBC_2.38'] }],
            },
          },
        },
      },
      'glibc 2.36, /usr/bin/x needs 2.38',
    ],
    [
      'its interpreter',
      { 'usr/bin/x': { facts: { shebang: '/usr/bin/python3.13' } } },
      'no "/usr/bin/python3.13"',
    ],
  ])('fails for one without %s', (_, files, words) => {
    const verdict = runCheck('path-programs', { files });
    expect(verdict).toMatchObject({ status: 'fail', evidence: 'usr/bin/x' });
    expect(verdict.message).toContain(words);
  });

  it('does not know of more than it looks at', () => {
    const files = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, n) => [`usr/bin/${n}`, { facts: { elf } }]),
    );
    expect(runCheck('path-programs', { files })).toMatchObject({ status: 'unknown' });
  });
});

describe('healthcheck', () => {
  const files = { 'bin/sh': '', 'app/health': '' };

  it.each<Config>([
    {},
    { healthcheck: ['NONE'] },
    { healthcheck: ['CMD', '/app/health', '-q'] },
    { healthcheck: ['CMD-SHELL', 'curl -f http://localhost/'] },
  ])('passes for %o', (config) => {
    expect(runCheck('healthcheck', { files, config })).toMatchObject({ status: 'pass' });
  });

  it.each<Config>([
    { healthcheck: ['CMD', '/app/health'] },
    { healthcheck: ['CMD-SHELL', 'true'] },
    { healthcheck: ['CMD-SHELL', 'true'], shell: ['/bin/bash', '-c'] },
  ])('fails without what it needs: %o', (config) => {
    expect(runCheck('healthcheck', { config })).toMatchObject({ status: 'fail' });
  });

  it('asks for the shell that the image names', () => {
    const config = { healthcheck: ['CMD-SHELL', 'true'], shell: ['/bin/bash', '-c'] };
    expect(runCheck('healthcheck', { files, config })).toMatchObject({ status: 'fail' });
  });
});

describe('busybox', () => {
  it.each<[Files, string]>([
    [{ 'bin/busybox': '' }, 'bin/busybox'],
    [{ 'busybox/busybox': '', 'busybox/sh': { link: 'busybox' } }, 'busybox/busybox'],
    [{ 'busybox/sh': '' }, 'busybox/sh'],
  ])('fails for %o', (files, evidence) => {
    expect(runCheck('busybox', { files })).toMatchObject({ status: 'fail', evidence });
  });

  it('passes without', () => {
    const files = { 'usr/bin/bash': '', 'usr/share/busybox': '' };
    expect(runCheck('busybox', { files })).toMatchObject({ status: 'pass' });
  });
});

describe('ca-bundle', () => {
  const files = { 'etc/ssl/certs/ca-certificates.crt': '# authorities\n' };
  const env = ['SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'];

  it('passes with one, named or not', () => {
    expect(runCheck('ca-bundle', { files })).toMatchObject({ status: 'pass' });
    expect(runCheck('ca-bundle', { files, config: { env } })).toMatchObject({ status: 'pass' });
  });

  it('fails where the one that is named is missing', () => {
    expect(runCheck('ca-bundle', { config: { env } })).toMatchObject({ status: 'fail' });
  });

  it('does not know whether an image without needs one', () => {
    expect(runCheck('ca-bundle')).toMatchObject({ status: 'unknown' });
  });
});

describe('time-zones', () => {
  const files = { 'usr/share/zoneinfo/Europe/Berlin': '' };

  it.each<[string, CheckedImage]>([
    ['time zones', { files }],
    ['the one that is named', { files, config: { env: ['TZ=:Europe/Berlin'] } }],
    ['those of PyPI', { packages: [aWheel({ name: 'tzdata' })] }],
    ['a rule in TZ', { files, config: { env: ['TZ=CET-1CEST,M3.5.0,M10.5.0/3'] } }],
  ])('passes with %s', (_, image) => {
    expect(runCheck('time-zones', image)).toMatchObject({ status: 'pass' });
  });

  it.each(['Europe/Paris', '/etc/localtime'])('fails without the one that TZ names: %s', (zone) => {
    const verdict = runCheck('time-zones', { files, config: { env: [`TZ=${zone}`] } });
    expect(verdict).toMatchObject({ status: 'fail', evidence: 'config.Env' });
  });

  it.each(['', 'UTC', 'Etc/UTC'])(
    'does not know whether an image without needs any: TZ=%s',
    (zone) => {
      expect(runCheck('time-zones', { config: { env: [`TZ=${zone}`] } }).status).toBe('unknown');
    },
  );
});

describe('user-entry', () => {
  const files = {
    'etc/passwd': 'root:x:0:0::/root:\nnonroot:x:65532:65532::/home/nonroot:\nodd:x::\n',
  };

  it.each([
    ['65532', 'pass'],
    ['065532:0', 'pass'],
    ['nonroot', 'pass'],
    ['', 'pass'],
    ['1000', 'fail'],
  ])('judges the user %j: %s', (user, status) => {
    expect(runCheck('user-entry', { files, config: { user } })).toMatchObject({ status });
  });

  it('does not know without the file', () => {
    expect(runCheck('user-entry', { config: { user: '1000' } })).toMatchObject({
      status: 'unknown',
    });
  });
});

describe('low-port', () => {
  const exposedPorts = ['443/tcp', '8080/tcp'];

  it('fails for a user who is not root', () => {
    const verdict = runCheck('low-port', { config: { exposedPorts } });
    expect(verdict).toMatchObject({ status: 'fail', evidence: 'config.ExposedPorts' });
    expect(verdict.message).toContain('443/tcp and');
  });

  it.each<[string, CheckedImage]>([
    ['for root', { config: { exposedPorts, user: '' } }],
    ['above', { config: { exposedPorts: ['8080/tcp', '1024'] } }],
    [
      'with a capability',
      {
        config: { exposedPorts, entrypoint: ['/app/run'] },
        files: {
          'app/run': { facts: { elf }, capability: '0100000200040000000000000000000000000000' },
        },
      },
    ],
  ])('passes %s', (_, image) => {
    expect(runCheck('low-port', image)).toMatchObject({ status: 'pass' });
  });
});

describe('stop-signal', () => {
  it.each(['', 'SIGTERM', 'SIGQUIT', 'INT', '15', 'SIGRTMIN+3'])('passes for %j', (stopSignal) => {
    expect(runCheck('stop-signal', { config: { stopSignal } })).toMatchObject({ status: 'pass' });
  });

  it.each(['SIGKILL', '9', 'SIGSTOPP', '99', 'TERM please'])('fails for %j', (stopSignal) => {
    expect(runCheck('stop-signal', { config: { stopSignal } })).toMatchObject({
      status: 'fail',
      evidence: 'config.StopSignal',
    });
  });
});
