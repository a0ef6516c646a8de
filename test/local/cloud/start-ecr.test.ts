import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEcrAuthorizationToken } from '../../../adapters/aws/ecr-authorization-token.ts';
import { createEcrClient, createEcrLister } from '../../../adapters/aws/ecr-lister.ts';
import { embeddedClientOptions } from '../../../local/cloud/embedded-clients.ts';
import { type EmbeddedEcr, homeOf, startEcr } from '../../../local/cloud/start-ecr.ts';
import { type EmbeddedRegistry, startRegistry } from '../../../local/registry/start-registry.ts';
import { anImageOf } from '../../support/fake-ports.ts';

const HOME = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const OTHER = '210987654321.dkr.ecr.eu-west-1.amazonaws.com';
const AT = '2026-05-01T00:00:00.000Z';

let registry: EmbeddedRegistry;
let ecr: EmbeddedEcr;
beforeEach(async () => {
  registry = await startRegistry({ clock: { now: () => new Date(AT) } });
  ecr = await startEcr({ registry, home: HOME, pageSize: 2 });
});
afterEach(() => Promise.all([ecr.stop(), registry.close()]));

async function push(host: string, repository: string, tag: string | null): Promise<string> {
  const image = await anImageOf({ packages: [`${repository}=1`] });
  for (const bytes of image.blobs.values()) await registry.putBlob(host, repository, bytes);
  for (const { bytes, mediaType } of image.manifests) {
    await registry.putManifest(host, repository, tag, bytes, mediaType);
  }
  return image.digest;
}

it('lists the tagged images of its own account and region', async () => {
  const digest = await push(HOME, 'team/web', 'v1');
  await push(HOME, 'untagged', null);
  await push(OTHER, 'elsewhere', 'v1');
  const client = createEcrClient({ ...embeddedClientOptions(ecr.endpoint), region: 'eu-west-1' });

  const [listing] = await createEcrLister({ client, patterns: ['*'] }).list();

  client.destroy();
  expect(listing).toEqual({
    scope: 'ecr/eu-west-1',
    failure: null,
    repositories: [
      {
        registry: HOME,
        repository: 'team/web',
        images: [{ digest, tags: ['v1'], pushedAt: AT }],
      },
      { registry: HOME, repository: 'untagged', images: [] },
    ],
  });
});

it('gives the token that its registry takes', async () => {
  const { endpoint, credentials } = embeddedClientOptions(ecr.endpoint);
  const token = await createEcrAuthorizationToken({ endpoint, credentials })(HOME);
  expect(token).toBe(registry.ecrAuthorizationToken);
});

it('is at home at the first ECR host that it hears of', () => {
  expect(homeOf(['cgr.dev', OTHER, HOME])).toBe(OTHER);
  expect(homeOf(['cgr.dev'])).toBeUndefined();
});
