import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

/** Runs a program to its end, without blocking servers in this process. */
export const runProgram = promisify(execFile);

/** Debian's docker-registry, on a free port of loopback, with nothing in it. */
export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
}

export async function startDockerRegistry(): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-registry-'));
  const config = join(folder, 'config.yml');
  await writeFile(
    config,
    [
      'version: 0.1',
      'log: {level: info}',
      `storage: {filesystem: {rootdirectory: '${join(folder, 'data')}'}, delete: {enabled: true}}`,
      "http: {addr: '127.0.0.1:0'}",
      '',
    ].join('\n'),
  );
  const server = spawn('docker-registry', ['serve', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const over = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const host = await listeningAt(createInterface(server.stderr), over);
  return {
    host,
    async [Symbol.asyncDispose]() {
      server.kill();
      await over;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listeningAt(lines: AsyncIterable<string> & NodeJS.EventEmitter, over: Promise<void>) {
  return new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    lines.on('line', (line: string) => {
      said.push(line);
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (host) resolve(host);
    });
    over.then(() => reject(new Error(`docker-registry ended: ${said.join('\n')}`)), reject);
  });
}
