import { listPrograms } from './find-programs.ts';
import { fail, type ImageCheck, pass } from './image-check.ts';

/** Whether programs have capabilities of their own (capabilities(7)), whoever starts them. */
export const capabilitiesCheck: ImageCheck = {
  id: 'file-capabilities',

  run({ tree }) {
    const found: string[] = [];
    for (const { path, capability } of tree.entries()) {
      if (capability !== undefined && grantsAny(capability)) found.push(path);
    }
    const [first] = found;
    return first === undefined
      ? pass('No file has capabilities.')
      : fail(`Files have capabilities: ${listPrograms(found)}.`, first);
  },
};

/** `vfs_cap_data`: a word of flags, then of each half what is permitted and what is inheritable. All zero takes away, and gives nothing. */
function grantsAny(hex: string): boolean {
  return /[1-9a-f]/i.test(hex.slice(8, 40));
}
