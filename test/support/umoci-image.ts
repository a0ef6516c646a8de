import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from './docker-registry.ts';

/** Makes an OCI layout `<folder>/image:v1` with umoci: three layers, three files; its `oci:` name. */
export async function makeUmociImage(folder: string): Promise<string> {
  const layout = join(folder, 'image');
  const files = join(folder, 'files');
  await mkdir(files);
  await writeFile(join(files, 'os-release'), 'ID=wolfi\nVERSION_ID=20230201\n');
  await writeFile(join(files, 'passwd'), 'nonroot:x:65532:65532::/:\n');
  await writeFile(join(files, 'installed'), 'P:zlib\nV:1.3.1-r51\nA:x86_64\no:zlib\n\n');
  await runProgram('umoci', ['init', '--layout', layout]);
  await runProgram('umoci', ['new', '--image', `${layout}:v1`]);
  const insert = ['insert', '--rootless', '--image', `${layout}:v1`];
  await runProgram('umoci', [...insert, join(files, 'os-release'), '/etc/os-release']);
  await runProgram('umoci', [...insert, join(files, 'passwd'), '/etc/passwd']);
  await runProgram('umoci', [...insert, join(files, 'installed'), '/usr/lib/apk/db/installed']);
  await runProgram('umoci', ['config', '--image', `${layout}:v1`, '--config.user', '65532']);
  return `oci:${layout}:v1`;
}
