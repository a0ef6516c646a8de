import type { RunPointer, StoredHead } from '../../actions/ports.ts';
import type { Alert, Notice } from '../../core/alert/alert.ts';
import type { Observation } from '../../core/drift/observation.ts';

/** A digest that is as good as any other. */
export function aDigest(character: string): string {
  return `sha256:${character.repeat(64)}`;
}

export function anAlert(overrides: Partial<Alert> = {}): Alert {
  return {
    alertId: 'alert-1',
    threadId: 'thread-1',
    kind: 'regression',
    severity: 'high',
    cause: 'image',
    title: 'web brings CVE-2026-0001',
    remedy: 'rebuild on python@sha256:…',
    subject: 'registry.test/web:1',
    count: 1,
    lineages: ['registry.test/web||linux/amd64'],
    message: 'openssl r5 → r6',
    ...overrides,
  };
}

export function aNotice(overrides: Partial<Notice> = {}): Notice {
  return {
    kind: 'notice',
    alertId: 'quiet-1',
    title: 'Quiet night',
    message: 'Quiet night: 214 digests scanned, 3 feeds fresh.',
    ...overrides,
  };
}

export function aHead(overrides: Partial<StoredHead> = {}): StoredHead {
  return {
    channel: 'registry.test/web|',
    version: 1,
    revision: 1,
    reference: 'registry.test/web:1',
    imageDigest: aDigest('a'),
    pushedAt: '2026-11-21T00:00:00.000Z',
    state: 'heads/web/1.json',
    pending: [],
    ...overrides,
  };
}

export function aRunPointer(overrides: Partial<RunPointer> = {}): RunPointer {
  return {
    revision: 1,
    runId: '2026-11-21T02:00:00.000Z',
    run: 'runs/2026-11-21.json',
    pending: [],
    ...overrides,
  };
}

export function anObservation(overrides: Partial<Observation> = {}): Observation {
  return {
    image: 'cgr.dev/chainguard/python:latest',
    at: '2026-11-21T00:00:00.000Z',
    seenAt: '2026-11-21T02:00:00.000Z',
    digest: aDigest('b'),
    platform: 'linux/amd64',
    platformDigest: aDigest('c'),
    python: { version: '3.14.4', minor: '3.14', evidence: 'apk python-3.14=3.14.4-r1' },
    libc: { name: 'glibc', version: '2.43', series: '2.43', evidence: 'apk glibc-2.43=2.43-r2' },
    packagesChanged: { added: ['a=1'], removed: [], changed: ['zlib: 1 -> 2'] },
    ...overrides,
  };
}
