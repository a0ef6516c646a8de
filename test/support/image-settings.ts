import type { Inventory } from '../../core/inventory/inventory.ts';

/** What an image's config says; nothing but what a test is about. */
export function imageSettings(overrides: Partial<Inventory['config']> = {}): Inventory['config'] {
  return {
    user: '',
    entrypoint: [],
    cmd: [],
    env: [],
    labels: {},
    workingDir: '/',
    exposedPorts: [],
    volumes: [],
    stopSignal: '',
    healthcheck: [],
    shell: [],
    ...overrides,
  };
}
