import type { EKSClient } from '@aws-sdk/client-eks';
import { SignatureV4 } from '@smithy/signature-v4';
import { regionOf } from './region-of.ts';

/** Seconds for which STS takes the request; EKS takes the token for some fifteen minutes. */
const EXPIRES = 60;

/**
 * Makes the bearer token that a cluster of EKS takes: a request to STS who we are, signed in
 * advance and bound to the cluster by a header. Nothing is sent to STS by us: EKS does
 * (https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster).
 */
export async function createEksToken(
  client: Pick<EKSClient, 'config'>,
  cluster: string,
  now: Date = new Date(),
): Promise<string> {
  const region = await regionOf(client);
  const { credentials, sha256 } = client.config;
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256 });
  const hostname = `sts.${region}.${domainOf(region)}`;
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: EXPIRES, signingDate: now },
  );
  const asked = Object.entries(query).map(([name, value]) => `${name}=${escaped(String(value))}`);
  const url = `https://${hostname}/?${asked.join('&')}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

/** Domains of AWS's partitions (Amazon Resource Names guide; each region's endpoints). */
function domainOf(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}

/** As a signature reads a value: RFC 3986, which escapes more than `encodeURIComponent` does. */
function escaped(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
