import {
  checkEnd,
  type Directory,
  findDirectory as findingDirectory,
  findMember,
  type Member,
  type Reading,
  readEntry,
} from '../../core/zip/zip-directory.ts';
import type { Window } from './file-window.ts';

/** Finds the central directory of a file. @throws Error when it has none */
export function findDirectory(window: Window, fileSize: number): Promise<Directory> {
  return drive(findingDirectory(fileSize), window);
}

/** Every member, in the directory's order. */
export async function* readDirectory(window: Window, directory: Directory): AsyncGenerator<Member> {
  let at = directory.offset;
  for (let count = 0; count < directory.members; count++) {
    const { member, next } = await drive(readEntry(at), window);
    yield member;
    at = next;
  }
  checkEnd(directory, at);
}

/** Where the bytes of a member begin. */
export function memberStart(window: Window, member: Member): Promise<number> {
  return drive(findMember(member), window);
}

async function drive<Result>(reading: Reading<Result>, window: Window): Promise<Result> {
  let step = reading.next();
  while (!step.done) step = reading.next(await window.read(step.value.start, step.value.length));
  return step.value;
}
