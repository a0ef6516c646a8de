import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { privateKeyLabel } from '../../../core/probe/private-key.ts';
import { captureLayers } from '../../support/layers.ts';

function label(text: string): string | undefined {
  return privateKeyLabel(Buffer.from(text));
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const SEC1 = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
const ENCRYPTED = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

it.each([
  ['a key', PKCS8, 'PRIVATE KEY'],
  ['a key of a curve', SEC1, 'EC PRIVATE KEY'],
  ['one behind a passphrase', ENCRYPTED, 'ENCRYPTED PRIVATE KEY'],
  [
    'one with lines of its encryption',
    SEC1.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n'),
    'EC PRIVATE KEY',
  ],
  ['one with the line ends of Windows', PKCS8.replaceAll('\n', '\r\n'), 'PRIVATE KEY'],
  ['one in JSON', JSON.stringify({ type: 'service_account', private_key: PKCS8 }), 'PRIVATE KEY'],
  [
    'one behind its certificate',
    `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n${PKCS8}`,
    'PRIVATE KEY',
  ],
])('finds %s', (_, text, expected) => {
  expect(label(text)).toBe(expected);
});

it.each([
  [
    'code that knows the words',
    '_SK_START = b"-----BEGIN OPENSSH PRIVATE\x20KEY-----"\n_SK_END = b"x"\n',
  ],
  ['a comment about them', '# -----BEGIN PRIVATE\x20KEY----- starts a key\n'],
  ['a public key', PKCS8.replaceAll('PRIVATE', 'PUBLIC')],
  ['a placeholder', '-----BEGIN PRIVATE\x20KEY-----\n...\n-----END PRIVATE\x20KEY-----\n'],
])('does not take %s for a key', (_, text) => {
  expect(label(text)).toBeUndefined();
});

it('is found behind a chain of certificates, and in a script', async () => {
  const chain = `-----BEGIN CERTIFICATE-----\n${`${'M'.repeat(64)}\n`.repeat(400)}-----END CERTIFICATE-----\n`;
  const [capture] = await captureLayers([
    ['etc/ssl/server.pem', chain + PKCS8],
    ['etc/ssl/bundle.pem', chain],
    { name: 'app/deploy.sh', text: `#!/bin/sh\ncat <<END\n${PKCS8}END\n`, mode: 0o755 },
  ]);
  expect(capture?.facts).toEqual({
    'etc/ssl/server.pem': { privateKey: 'PRIVATE KEY' },
    'app/deploy.sh': { shebang: '/bin/sh', privateKey: 'PRIVATE KEY' },
  });
});

it('is not slow on a text that almost is a key', () => {
  const line = '\r\n \\r\\n';
  expect(label(`-----BEGIN PRIVATE\x20KEY-----${line.repeat(1_000)}-`)).toBeUndefined();
});
