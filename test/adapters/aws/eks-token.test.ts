import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { createEksClient } from '../../../adapters/aws/create-aws-clients.ts';
import { createEksToken } from '../../../adapters/aws/eks-token.ts';

const NOW = new Date('2026-03-01T02:03:04Z');
const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

it.each([
  ['us-east-1', 'sts.us-east-1.amazonaws.com', undefined],
  ['eu-central-1', 'sts.eu-central-1.amazonaws.com', 'a/session+token='],
  ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn', undefined],
])('is a request to STS in %s, signed for the cluster', async (region, host, sessionToken) => {
  const credentials = { ...KEYS, ...(sessionToken && { sessionToken }) };
  const client = createEksClient({ endpoint: 'http://127.0.0.1:1', region, credentials });

  const token = await createEksToken(client, 'prod', NOW);

  const [, text = ''] = /^k8s-aws-v1\.([A-Za-z0-9_-]+)$/.exec(token) ?? [];
  const url = new URL(Buffer.from(text, 'base64url').toString('utf8'));
  const { 'X-Amz-Signature': signature, ...query } = Object.fromEntries(url.searchParams);
  expect(url.origin + url.pathname).toBe(`https://${host}/`);
  expect(query).toEqual({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `AKIDEXAMPLE/20260301/${region}/sts/aws4_request`,
    'X-Amz-Date': '20260301T020304Z',
    'X-Amz-Expires': '60',
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    ...(sessionToken && { 'X-Amz-Security-Token': sessionToken }),
  });
  expect(signature).toBe(signatureOf(url, region, { host, 'x-k8s-aws-id': 'prod' }));
  expect(signature).not.toBe(signatureOf(url, region, { host, 'x-k8s-aws-id': 'other' }));
  client.destroy();
});

/** As STS computes it (IAM User Guide, "Create a signed AWS API request"). */
function signatureOf(url: URL, region: string, headers: Record<string, string>): string {
  const query = url.search
    .slice(1)
    .split('&')
    .filter((each) => !each.startsWith('X-Amz-Signature='))
    .sort()
    .join('&');
  const canonical = [
    'GET',
    '/',
    query,
    ...Object.entries(headers).map(([name, value]) => `${name}:${value}`),
    '',
    Object.keys(headers).join(';'),
    createHash('sha256').update('').digest('hex'),
  ].join('\n');
  const scope = ['20260301', region, 'sts', 'aws4_request'];
  const text = [
    'AWS4-HMAC-SHA256',
    '20260301T020304Z',
    scope.join('/'),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${KEYS.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex');
}
