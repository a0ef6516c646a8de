import { describe, expect, it } from 'vitest';
import { findBuriedKeys, keysOfLayer } from '../../../core/check/find-buried-keys.ts';
import { mergeLayers } from '../../../core/image/overlay.ts';
import type { Package } from '../../../core/inventory/inventory.ts';
import { anApk } from '../../support/advisory-builders.ts';
import { captureLayers } from '../../support/layers.ts';
import { type CheckedImage, runCheck } from '../../support/run-check.ts';

type Files = NonNullable<CheckedImage['files']>;

describe('setuid', () => {
  it.each([
    ['setuid', 0o4755],
    ['setgid', 0o2755],
  ])('fails for a program with %s', (_, mode) => {
    const files = { 'usr/bin/su': { mode }, 'usr/bin/ls': '' };
    expect(runCheck('setuid', { files })).toEqual({
      status: 'fail',
      message: 'Has setuid or setgid programs: /usr/bin/su.',
      evidence: 'usr/bin/su',
    });
  });

  it('passes for folders that hand their group on, and for what nobody executes', () => {
    const files: Files = {
      'var/mail': { type: 'directory', mode: 0o2775 },
      'app/data': { mode: 0o4644 },
      tmp: { type: 'directory', mode: 0o1777 },
    };
    expect(runCheck('setuid', { files })).toMatchObject({ status: 'pass' });
  });
});

describe('file-capabilities', () => {
  it('fails for a file that gains one', () => {
    const files = { 'usr/bin/ping': { capability: '0100000200200000000000000000000000000000' } };
    expect(runCheck('file-capabilities', { files })).toMatchObject({
      status: 'fail',
      evidence: 'usr/bin/ping',
    });
  });

  it('passes for one that gives nothing', () => {
    const files = { 'usr/bin/ping': { capability: '0100000200000000000000000000000000000000' } };
    expect(runCheck('file-capabilities', { files })).toMatchObject({ status: 'pass' });
    expect(runCheck('file-capabilities')).toMatchObject({ status: 'pass' });
  });
});

describe('writable-path', () => {
  it.each([
    [{ 'usr/bin': { type: 'directory', mode: 0o777 } }, 'usr/bin'],
    [{ 'usr/bin': { type: 'directory', mode: 0o1777 } }, 'usr/bin'],
    [{ 'usr/bin/run': { mode: 0o777 } }, 'usr/bin/run'],
    [{ bin: { link: 'usr/bin' }, 'usr/bin/run': { mode: 0o757 } }, 'usr/bin/run'],
  ] as [Files, string][])('fails for %o', (files, evidence) => {
    expect(runCheck('writable-path', { files })).toMatchObject({ status: 'fail', evidence });
  });

  it('looks at the PATH of the image, and nowhere else', () => {
    const files: Files = {
      tmp: { type: 'directory', mode: 0o1777 },
      'tmp/x': { mode: 0o777 },
      'usr/bin/sh': { link: 'busybox', mode: 0o777 },
      'usr/bin/deep/x': { mode: 0o777 },
    };
    expect(runCheck('writable-path', { files })).toMatchObject({ status: 'pass' });
    const config = { env: ['PATH=/usr/bin:/tmp'] };
    expect(runCheck('writable-path', { files, config })).toMatchObject({
      status: 'fail',
      evidence: 'tmp',
    });
  });
});

describe('env-secret', () => {
  it.each([
    'DB_PASSWORD=hunter2',
    'AWS_SECRET_ACCESS_KEY=AKIAEXAMPLE',
    'github_token=ghp_x',
    'STRIPE_API_KEY=sk_live_x',
    'SECRET=x y',
    'PGPASSWORD=hunter2',
    'MYSQL_PWD=hunter2',
    'SECRET_KEY_BASE=3f9a',
    'RAILS_MASTER_KEY=3f9a',
    'DB_PASSWORD=/aB3xyz',
    'AWS_SECRET_ACCESS_KEY=/wJalr/XUtnFEMI/K7MDENG',
    'API_TOKEN=$2b$12$abcdefgh',
    'DATABASE_URL=postgres://shop:hunter2@db/shop',
  ])('fails for %s without its value', (variable) => {
    const [name = '', value = ''] = variable.split(/=(.*)/s);
    const verdict = runCheck('env-secret', { config: { env: ['PATH=/bin', variable] } });
    expect(verdict).toMatchObject({ status: 'fail', evidence: 'config.Env' });
    expect(verdict.message).toContain(name);
    expect(verdict.message).not.toContain(value);
  });

  it.each([
    'PATH=/bin',
    'GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305',
    'PYTHON_SHA256=abc',
    'DB_PASSWORD=',
    'DB_PASSWORD_FILE=/run/secrets/db',
    'DB_PASSWORD=/run/secrets/db',
    'DB_PASSWORD=$OTHER',
    'GOOGLE_APPLICATION_CREDENTIALS=/gcp/Key.json',
    'APP_PWD=/srv',
    'ALLOW_PASSWORD=enabled',
    'DB_PASSWORD=%DB_PASSWORD%',
    'DB_PASSWORD={{ password }}',
    'DB_PASSWORD=<password>',
    'DB_PASSWORD=op://shop/db/password',
    'NEXT_PUBLIC_API_KEY=pk_live_x',
    'DB_PASSWORD=\x24{OTHER:-}',
    'DB_PASSWORD=$(cat /run/secrets/db)',
    'PWD=/srv/App',
    'OLDPWD=/srv/App',
    'DATABASE_URL=postgres://shop@db/shop',
    'DATABASE_URL=postgres://shop:$PASSWORD@db/shop',
    'HOMEPAGE=https://example.org:443/a@b',
    'TOKEN_EXPIRY=3600',
    'DISABLE_TOKEN=true',
    'DB_CREDENTIALS=arn:aws:secretsmanager:eu-west-1:123456789012:secret:db',
    'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
  ])('passes for %s', (variable) => {
    expect(runCheck('env-secret', { config: { env: [variable] } })).toMatchObject({
      status: 'pass',
    });
  });
});

it('env-secret says how many more there are than it names', () => {
  const env = Array.from({ length: 25 }, (_, n) => `A${n}_TOKEN=x`);
  const { message } = runCheck('env-secret', { config: { env } });
  expect(message).toMatch(/"A0_TOKEN", .* and 5 more\.$/);
});

describe('private-key', () => {
  const key = { facts: { privateKey: 'EC PRIVATE KEY' } };

  it('fails for a key of ours', () => {
    expect(runCheck('private-key', { files: { 'app/tls.key': key } })).toEqual({
      status: 'fail',
      message: 'Has a private key: /app/tls.key (EC PRIVATE KEY).',
      evidence: 'app/tls.key',
    });
  });

  it.each([
    'usr/lib/python3.14/test/certdata/keycert.pem',
    'app/venv/lib/python3.14/site-packages/tornado/test/test.key',
    'app/node_modules/https-proxy/test/fixtures/server.key',
    'usr/local/go/src/crypto/tls/example_test.go',
    'usr/share/doc/openssl/examples/key.pem',
  ])('passes for one that a package published to test with: %s', (path) => {
    expect(runCheck('private-key', { files: { [path]: key } })).toMatchObject({ status: 'pass' });
  });

  it('fails for one in a folder of tests that no package brought', () => {
    expect(runCheck('private-key', { files: { 'app/tests/prod.key': key } }).status).toBe('fail');
  });

  it('passes for a file of an OS package', () => {
    const ownerOf = (path: string) => (path === 'etc/demo.key' ? 'demo' : null);
    const files = { 'etc/demo.key': key };
    expect(runCheck('private-key', { files, ownerOf })).toMatchObject({ status: 'pass' });
  });

  it('fails for one that a later layer deleted, and names the layer', async () => {
    const pem =
      '-----BEGIN PRIVATE\x20KEY-----\nMIGHAgEAMBMGByqGSM49AgEG\n-----END PRIVATE\x20KEY-----\n';
    const captures = await captureLayers(
      [['root/.ssh/id', pem]],
      [['app/tls.key', pem]],
      ['root/.ssh/.wh.id'],
    );
    const { tree } = mergeLayers(captures);
    const buriedKeys = findBuriedKeys(captures.flatMap(keysOfLayer), tree);
    const verdict = runCheck('private-key', { tree, buriedKeys });
    expect(buriedKeys.map(({ path }) => path)).toEqual(['root/.ssh/id']);
    expect(verdict.message).toContain('/app/tls.key (PRIVATE KEY)');
    expect(verdict.message).toContain(
      `/root/.ssh/id (PRIVATE KEY, deleted above, still in layer ${captures[0]?.diffId.slice(0, 19)})`,
    );
  });
});

describe('debug-variant', () => {
  const tools: Package = anApk({ name: 'apk-tools', path: 'usr/lib/apk/db/installed' });

  it("fails for distroless' debug variant", () => {
    const files = { 'busybox/busybox': '', 'busybox/sh': { link: 'busybox' } };
    expect(runCheck('debug-variant', { files })).toMatchObject({
      status: 'fail',
      evidence: 'busybox/sh',
    });
  });

  it.each(['wolfi', 'chainguard'])('fails for a -dev variant of %s', (id) => {
    const distro = { id, versionId: '20230201', name: id };
    expect(runCheck('debug-variant', { distro, packages: [tools] })).toMatchObject({
      status: 'fail',
      evidence: 'usr/lib/apk/db/installed',
    });
  });

  it('passes for an Alpine, which has apk in every image', () => {
    const distro = { id: 'alpine', versionId: '3.22.1', name: 'Alpine Linux' };
    const files = { 'bin/busybox': '', 'bin/sh': { link: '/bin/busybox' } };
    expect(runCheck('debug-variant', { files, distro, packages: [tools] })).toMatchObject({
      status: 'pass',
    });
  });
});
