import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../core/inventory/inventory.ts';
import type { buildTree } from '../../support/build-tree.ts';
import { runCheck } from '../../support/run-check.ts';

const PASSWD =
  'root:x:0:0:root:/root:/bin/ash\napp:x:1000:1000::/:\ntoor:x:0:0::/:\nodd:x:?:0::/:\n';

type Files = Parameters<typeof buildTree>[0];

function run(id: string, files: Files, config: Partial<Inventory['config']> = {}) {
  return runCheck(id, { files, config });
}

describe('root-user', () => {
  it.each([
    ['', 'fail', 'config.User'],
    [':1000', 'fail', 'config.User'],
    ['0', 'fail', 'config.User'],
    ['00', 'fail', 'config.User'],
    ['0:65532', 'fail', 'config.User'],
    ['root', 'fail', 'config.User'],
    ['root:app', 'fail', 'config.User'],
    ['toor', 'fail', 'etc/passwd'],
    ['65532', 'pass', 'config.User'],
    ['65532:0', 'pass', 'config.User'],
    ['app', 'pass', 'etc/passwd'],
    ['app:root', 'pass', 'etc/passwd'],
    ['nobody', 'unknown', 'config.User'],
    ['odd', 'unknown', 'config.User'],
    ['-1', 'unknown', 'config.User'],
  ])('judges the user %j: %s', (user, status, evidence) => {
    expect(run('root-user', { 'etc/passwd': PASSWD }, { user })).toMatchObject({
      status,
      evidence,
    });
  });

  it('reads a name as runtimes do, which trim lines', () => {
    const files = { 'etc/passwd': `  app:x:0:0::/:\n${PASSWD}` };
    expect(run('root-user', files, { user: 'app' })).toMatchObject({ status: 'fail' });
    expect(run('named-user', files, { user: 'app' })).toMatchObject({ status: 'pass' });
  });

  it.each([{}, { 'etc/passwd': { link: 'gone' } }, { 'etc/passwd': { kept: false } }] as Files[])(
    'does not know a name without passwd: %o',
    (files) => {
      expect(run('root-user', files, { user: 'app' })).toMatchObject({ status: 'unknown' });
    },
  );

  it('puts no control character of an image into a message', () => {
    const check = run('root-user', { 'etc/passwd': PASSWD }, { user: 'x\u001b[2J' });
    expect(check?.message).toBe('User "x\\u001b[2J" is not in etc/passwd.');
  });
});

describe('shell', () => {
  it.each([
    [{ 'bin/sh': '' }, 'bin/sh'],
    [{ 'usr/bin/bash': '' }, 'usr/bin/bash'],
    [{ 'usr/local/bin/zsh': '' }, 'usr/local/bin/zsh'],
    [{ 'busybox/sh': '' }, 'busybox/sh'],
    [{ 'usr/bin/sh': { link: '/bin/busybox' }, 'bin/busybox': '' }, 'usr/bin/sh'],
    [{ bin: { link: 'usr/bin' }, 'usr/bin/dash': '' }, 'usr/bin/dash'],
    [{ 'bin/sh': { link: '/opt/tool' }, 'opt/tool': '' }, 'bin/sh'],
  ] as [Files, string][])('is found in %o', (files, evidence) => {
    expect(run('shell', files)).toMatchObject({ status: 'fail', evidence });
  });

  it.each([
    { 'usr/bin/python3.14': '' },
    { 'usr/bin/sh': { link: '/bin/busybox' } },
    { 'usr/bin/sh': { link: 'sh' } },
    { 'usr/bin/sh/readme': '' },
    { 'usr/share/doc/bash': '' },
    { 'usr/bin/sh': { link: '/opt/sh' }, 'opt/sh/readme': '' },
    { 'usr/bin/sh': { type: 'other' } },
  ] as Files[])('is not found in %o', (files) => {
    expect(run('shell', files)).toEqual({
      status: 'pass',
      message: 'Has no shell.',
      evidence: null,
    });
  });

  it('is found in a folder of PATH', () => {
    const files = { 'opt/tools/sh': '' };
    expect(run('shell', files)).toMatchObject({ status: 'pass' });
    expect(run('shell', files, { env: ['PATH=/usr/bin:/opt//tools/'] })).toMatchObject({
      status: 'fail',
      evidence: 'opt/tools/sh',
    });
  });

  it('names some of many, each once', () => {
    const names = ['ash', 'bash', 'busybox', 'dash', 'sh'];
    const files = Object.fromEntries(names.map((name) => [`usr/bin/${name}`, '']));
    const check = run('shell', { ...files, bin: { link: 'usr/bin' } });
    expect(check?.message).toBe(
      'Has a shell: /usr/bin/ash, /usr/bin/bash, /usr/bin/busybox, /usr/bin/dash and 1 more.',
    );
  });
});

describe('package-manager', () => {
  it.each([
    'sbin/apk',
    'usr/bin/apt-get',
    'usr/bin/dpkg',
    'usr/bin/tdnf',
    'usr/bin/microdnf',
    'bin/rpm',
    'usr/bin/pip',
    'usr/local/bin/pip3.14',
    'usr/bin/uv',
  ])('is found at %s', (path) => {
    expect(run('package-manager', { [path]: '' })).toMatchObject({
      status: 'fail',
      message: `Has a package manager: /${path}.`,
      evidence: path,
    });
  });

  it.each([
    'usr/share/python-wheels/pip-26.0.1-py3-none-any.whl',
    'usr/lib/python3.14/ensurepip/__init__.py',
    'app/venv/bin/pip',
    'usr/bin/pipe',
    'usr/lib/apk/db/installed',
    'var/lib/dpkg/status',
  ])('is not %s', (path) => {
    expect(run('package-manager', { [path]: '' })).toMatchObject({
      status: 'pass',
      evidence: null,
    });
  });
});
