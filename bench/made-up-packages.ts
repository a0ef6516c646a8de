import { deflateSync } from 'node:zlib';
import type { Capture, LayerEntry } from '../core/image/capture.ts';
import { digestOf } from '../core/image/digest.ts';
import type { ElfFacts, FileFacts } from '../core/image/file-facts.ts';
import { WANTED_VERSION } from '../core/image/wanted-files.ts';
import { writeApkDatabase, writeRpmManifest } from '../local/world/package-databases.ts';

/** Of each format; no image has as many of all. */
const PACKAGES_EACH = 5_000;
/** Modules, crates and archives of one file. */
const IN_ONE = 100;

const AMD64 = { os: 'linux', architecture: 'amd64' };

/** A layer with packages of apk, rpm, Go, Rust, Java and npm, as reading one would leave it. */
export function captureOfPackages(): Capture {
  const files = new Map<string, string>([
    ['etc/os-release', 'ID=wolfi\n'],
    ['usr/lib/apk/db/installed', writeApkDatabase(numbered(PACKAGES_EACH, apkPackage), AMD64)],
    [
      'var/lib/rpmmanifest/container-manifest-2',
      writeRpmManifest(numbered(PACKAGES_EACH, rpmPackage), AMD64),
    ],
    ...numbered(PACKAGES_EACH, npmPackage),
  ]);
  const facts = new Map<string, FileFacts>();
  for (let index = 0; index < PACKAGES_EACH / IN_ONE; index++) {
    facts.set(`usr/local/bin/go-${index}`, { elf: { ...ELF, go: goProgram(index) } });
    facts.set(`usr/local/bin/rust-${index}`, { elf: { ...ELF, rustAudit: rustProgram(index) } });
    facts.set(`opt/app-${index}.jar`, { jars: numbered(IN_ONE, (each) => jarOf(index, each)) });
  }
  const digest = digestOf('made-up packages');
  return {
    wanted: WANTED_VERSION,
    layer: digest,
    diffId: digest,
    size: 0,
    unpackedSize: 0,
    entries: [...files.keys(), ...facts.keys()].map(entryOf),
    files: Object.fromEntries(
      [...files].map(([path, text]) => [path, Buffer.from(text).toString('base64')]),
    ),
    facts: Object.fromEntries(facts),
    problems: [],
  };
}

const ELF: ElfFacts = { type: 'exec', machine: 'amd64', bits: 64 };

function entryOf(path: string): LayerEntry {
  return { path, type: 'file', mode: 0o755, uid: 0, gid: 0, size: 1 };
}

function apkPackage(index: number) {
  const files = numbered(20, (file) => `/usr/share/apk-${index}/file-${file}`);
  return { name: `apk-${index}`, version: `1.${index}-r0`, files };
}

function rpmPackage(index: number) {
  return { name: `rpm-${index}`, version: `1.${index}`, release: '1.azl3' };
}

function npmPackage(index: number): [string, string] {
  const name = `npm-${index}`;
  const json = JSON.stringify({ name, version: `1.0.${index}`, scripts: {}, dependencies: {} });
  return [`app/node_modules/${name}/package.json`, json];
}

function goProgram(index: number) {
  const modules = numbered(
    IN_ONE,
    (each) => `dep\texample.org/go-${index}-${each}\tv1.0.0\th1:x=\n`,
  );
  return { version: 'go1.24.0', modules: `path\tx\n${modules.join('')}` };
}

function rustProgram(index: number): string {
  const packages = numbered(IN_ONE, (each) => ({
    name: `rust-${index}-${each}`,
    version: '1.0.0',
    source: 'crates.io',
  }));
  return deflateSync(JSON.stringify({ packages })).toString('base64');
}

function jarOf(index: number, each: number) {
  const name = `java-${index}-${each}`;
  const path = `META-INF/maven/org.example/${name}/pom.properties`;
  const text = `groupId=org.example\nartifactId=${name}\nversion=1.0\n`;
  return { inside: [`BOOT-INF/lib/${name}-1.0.jar`], pomProperties: [{ path, text }] };
}

function numbered<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
