import { readSuppressionFile } from '../../core/suppress/read-suppression-file.ts';
import type { AppliedSuppression, SuppressionSet } from '../../core/suppress/suppression.ts';

/** An entry as a file writes it; a test states only the keys it is about, `undefined` leaves one out. */
export function anEntry(overrides: Readonly<Record<string, unknown>> = {}): object {
  const entry = {
    id: 'openssl-not-reached',
    vulnerability: 'CVE-2026-0001',
    package: 'openssl',
    owner: 'team-web',
    author: 'Kim <kim@example.org>',
    reason: {
      justification: 'vulnerable_code_not_in_execute_path',
      text: 'We never parse such keys.',
    },
    created: '2026-05-01',
    until: '2026-09-30',
    ...overrides,
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

/** Entries as the functions take them. */
export function aSet(...entries: readonly object[]): SuppressionSet {
  return readSuppressionFile({ suppressions: entries }, 'test');
}

/** That `anEntry` silences something. */
export function anApplied(overrides: Partial<AppliedSuppression> = {}): AppliedSuppression {
  return {
    entry: 'openssl-not-reached',
    version: '0123456789ab',
    owner: 'team-web',
    author: 'Kim <kim@example.org>',
    reason: 'vulnerable_code_not_in_execute_path: We never parse such keys.',
    until: 'until 2026-09-30',
    ...overrides,
  };
}
