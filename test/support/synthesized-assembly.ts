import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../assembly/synthesize.ts';
import { MIRROR } from '../../assembly/world/feed-mirror.ts';
import { defineConfig } from '../../lib/tidewatch-config.ts';
import { anEntry } from './suppression-builders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A `cdk.out`, made once for all tests. */
    readonly assemblyFolder: string;
  }
}

/** What the worlds need, and one of everything that a configuration can ask of AWS besides. */
const CONFIG: Parameters<typeof defineConfig>[0] = {
  watchedTags: [
    'cgr.dev/chainguard/python:latest',
    '123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:1.8.0',
  ],
  registries: { 'cgr.dev': { secret: 'tidewatch/cgr' } },
  orchestrators: { eks: ['harbour'] },
  elsewhere: [
    {
      name: 'another',
      region: 'eu-west-1',
      role: 'arn:aws:iam::210987654321:role/tidewatch-reader',
      externalId: 'harbour',
    },
  ],
  slack: { workspaceId: 'T0HARBOUR', channelId: 'C0HARBOUR' },
  feeds: {
    chainguard: {
      acceptLicence: true,
      mirror: `s3://${MIRROR}/chainguard.ndjson`,
      control: 'TIDEWATCH-CONTROL-chainguard',
    },
  },
};

/** Of nothing that the worlds have: it is read every night, and changes none. */
const SUPPRESSION = anEntry({
  vulnerability: 'CVE-2026-9999999',
  created: '2026-01-01',
  until: 'fix',
});

/** Vitest's global set-up: what `cdk synth` makes of a configuration for the worlds of the tests. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-assembly-'));
  const suppressions = join(folder, 'suppressions.yaml');
  // YAML is JSON with more to it.
  writeFileSync(suppressions, JSON.stringify({ suppressions: [SUPPRESSION] }));
  synthesize(defineConfig({ ...CONFIG, suppressions }), folder);
  provide('assemblyFolder', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
