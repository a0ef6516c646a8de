import type { FileFacts } from '../../core/image/file-facts.ts';
import type { buildTree } from './build-tree.ts';

// Python as images have it: file tables for `buildTree`.

export type Files = Parameters<typeof buildTree>[0];

/** A program for the processor of the test's image. */
export const PROGRAM: { readonly facts: FileFacts } = {
  facts: { elf: { type: 'dyn', machine: 'amd64', bits: 64 } },
};

/** A script by its first line. */
export function script(shebang: string): { readonly facts: FileFacts } {
  return { facts: { shebang } };
}

/** An interpreter, its names, and the beginning of its library. */
export function python(prefix: string, label: string): Files {
  return {
    [`${prefix}/bin/python${label}`]: PROGRAM,
    [`${prefix}/bin/python3`]: { link: `python${label}` },
    [`${prefix}/bin/python`]: { link: 'python3' },
    [`${prefix}/lib/python${label}/os.py`]: '',
  };
}

/** What an installed project says of itself, and its compiled modules. */
export interface Wheel {
  readonly tags?: readonly string[];
  readonly requires?: string;
  readonly modules?: readonly string[];
  /** Whether it lists its modules. */
  readonly record?: boolean;
  /** Its scripts, from its folder on: `../../../bin/serve`. */
  readonly scripts?: readonly string[];
}

/** A project as installers leave it. */
export function project(
  site: string,
  name: string,
  { tags = ['py3-none-any'], requires, modules = [], record, scripts = [] }: Wheel = {},
): Files {
  const info = `${site}/${name}-1.0.dist-info`;
  return {
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n${requires ? `Requires-Python: ${requires}\n` : ''}\nRequires-Python: ==2.*\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\n${tags.map((tag) => `Tag: ${tag}\n`).join('')}`,
    ...((record || scripts.length > 0) && {
      [`${info}/RECORD`]: [...modules, ...scripts].map((file) => `${file},sha256=x,1\n`).join(''),
    }),
    ...Object.fromEntries(modules.map((module) => [`${site}/${module}`, ''])),
  };
}
