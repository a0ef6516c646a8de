import type { LayerEntry } from './capture.ts';
import type { Inode } from './inode-tree.ts';

/** S_ISUID and S_ISGID (inode(7)). */
const SET_ID = 0o6000;
const EXECUTABLE = 0o111;

/**
 * Docker, containerd and Podman give a file the mode and the attributes that the header of a hard link to it
 * says (`createTarFile`), umoci those of the file's own header alone. What lets it run as somebody else counts.
 */
export function giveRights(inode: Inode, { mode, capability }: LayerEntry): void {
  if (inode.type !== 'file') return;
  if ((mode & SET_ID) !== 0) inode.mode |= mode & (SET_ID | EXECUTABLE);
  if (capability !== undefined) inode.capability = capability;
}
