import type { CheckKind } from './image-check.ts';

/** A check by itself, without what it does. */
interface ListedCheck {
  readonly id: string;
  readonly kind: CheckKind;
  /** Raised when the same image would get another answer. */
  readonly version: number;
}

/**
 * Every check that is stored with an inventory: who only has to know which there are, and of which
 * kind, does not carry what they do.
 */
export const LISTED_CHECKS = [
  { id: 'root-user', kind: 'hardening', version: 2 },
  { id: 'shell', kind: 'hardening', version: 1 },
  { id: 'package-manager', kind: 'hardening', version: 1 },
  { id: 'debug-variant', kind: 'hardening', version: 1 },
  { id: 'setuid', kind: 'hardening', version: 2 },
  { id: 'file-capabilities', kind: 'hardening', version: 2 },
  { id: 'writable-path', kind: 'hardening', version: 1 },
  { id: 'env-secret', kind: 'hardening', version: 2 },
  { id: 'private-key', kind: 'hardening', version: 2 },
  { id: 'entrypoint', kind: 'fitness', version: 2 },
  { id: 'shell-form', kind: 'fitness', version: 1 },
  { id: 'script-interpreter', kind: 'fitness', version: 2 },
  { id: 'elf-interpreter', kind: 'fitness', version: 2 },
  { id: 'libraries', kind: 'fitness', version: 2 },
  { id: 'glibc-version', kind: 'fitness', version: 2 },
  { id: 'architecture', kind: 'fitness', version: 1 },
  { id: 'named-user', kind: 'fitness', version: 2 },
  { id: 'python-environment', kind: 'fitness', version: 2 },
  { id: 'path-programs', kind: 'advice', version: 3 },
  { id: 'healthcheck', kind: 'advice', version: 1 },
  { id: 'busybox', kind: 'advice', version: 1 },
  { id: 'ca-bundle', kind: 'advice', version: 1 },
  { id: 'time-zones', kind: 'advice', version: 1 },
  { id: 'user-entry', kind: 'advice', version: 1 },
  { id: 'low-port', kind: 'advice', version: 2 },
  { id: 'stop-signal', kind: 'advice', version: 1 },
] as const satisfies readonly ListedCheck[];

/** The id of a check that is stored with an inventory. */
export type CheckId = (typeof LISTED_CHECKS)[number]['id'];

/** Checks that are made where an inventory is read. */
export const LISTED_READ_CHECKS: readonly Omit<ListedCheck, 'version'>[] = [
  { id: 'support', kind: 'advice' },
  { id: 'image-size', kind: 'advice' },
];

const KINDS: ReadonlyMap<string, CheckKind> = new Map<string, CheckKind>(
  [...LISTED_CHECKS, ...LISTED_READ_CHECKS].map(({ id, kind }) => [id, kind]),
);

/** The kind of a check; of one that is gone what all of them once were. */
export function kindOfCheck(id: string): CheckKind {
  return KINDS.get(id) ?? 'hardening';
}
