import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../assembly/synthesize.ts';
import { defineConfig } from '../../lib/tidewatch-config.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A `cdk.out`, made once for all tests. */
    readonly assemblyFolder: string;
    /** Where its template says that the feeds are, on loopback. */
    readonly feedPort: number;
  }
}

/** Vitest's global set-up: what `cdk synth` makes of a configuration for the worlds of the tests. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-assembly-'));
  const feedPort = await freePort();
  const config = defineConfig({
    watchedTags: [
      'cgr.dev/chainguard/python:latest',
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:1.8.0',
    ],
  });
  const mirror = `http://127.0.0.1:${feedPort}/chainguard.ndjson`;
  const control = 'TIDEWATCH-CONTROL-chainguard';
  // A mirror has to be https when it is configured; what is read from, loopback will do.
  const feeds = { chainguard: { acceptLicence: true as const, mirror, control } };
  synthesize({ ...config, feeds }, folder);
  provide('assemblyFolder', folder);
  provide('feedPort', feedPort);
  return () => rmSync(folder, { recursive: true, force: true });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}
