import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** What cargo-auditable writes of a program with a crate of each kind. */
export const AUDITED_CRATES = {
  packages: [
    { name: 'serde', version: '1.0.136', source: 'crates.io' },
    { name: 'serde_derive', version: '1.0.136', source: 'crates.io', kind: 'build' },
    { name: 'app', version: '0.1.0', source: 'local', root: true },
    { name: 'fork', version: '0.1.0', source: 'git' },
  ],
};

/** A program whose section `.dep-v0` is as cargo-auditable writes it; needs gcc. */
export function auditedProgram(): Buffer {
  const bytes = deflateSync(JSON.stringify(AUDITED_CRATES));
  const list = `const unsigned char list[] = {${[...bytes]}};`;
  const source = `__attribute__((section(".dep-v0"), used)) ${list}\nint main(void) { return 0; }`;
  return compiled('a.c', source, (path, out) => ['gcc', '-o', out, path]);
}

/** A program with a panic of this crate's in it: rustc writes the path of the source. Needs rustc. */
export function panickingProgram(crate: string): Buffer {
  const source = 'fn main() { std::env::args().nth(1).expect("a word"); }';
  const registry = '/root/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f';
  return compiled('p.rs', source, (path, out) => {
    const prefix = `${join(path, '..')}=${registry}/${crate}/src`;
    return ['rustc', '-C', 'strip=symbols', '--remap-path-prefix', prefix, '-o', out, path];
  });
}

function compiled(
  name: string,
  source: string,
  command: (path: string, out: string) => readonly string[],
): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'tidewatch-program-'));
  try {
    const path = join(folder, name);
    const out = join(folder, 'out');
    writeFileSync(path, source);
    const [compiler = '', ...words] = command(path, out);
    execFileSync(compiler, words);
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
