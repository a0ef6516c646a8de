import type { FileTree } from '../../image/file-tree.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { variableOf } from './find-command.ts';

/** Which loader looks: they differ in where and how. */
export type Loader = 'glibc' | 'musl';

/** Debian's names for its folders by architecture (https://wiki.debian.org/Multiarch/Tuples). */
const TRIPLETS: Readonly<Record<string, readonly string[]>> = {
  amd64: ['x86_64-linux-gnu'],
  arm64: ['aarch64-linux-gnu'],
  arm: ['arm-linux-gnueabihf', 'arm-linux-gnueabi'],
  386: ['i386-linux-gnu'],
  ppc64le: ['powerpc64le-linux-gnu'],
  s390x: ['s390x-linux-gnu'],
  riscv64: ['riscv64-linux-gnu'],
  loong64: ['loongarch64-linux-gnu'],
};

/** What of an image's settings tells loaders where to look. */
export type LoaderSettings = Pick<Inventory['config'], 'env' | 'workingDir'>;

/** Larger than any real cache or list of folders; what is above is not looked through. */
const CACHE_LIMIT = 4 * 1024 * 1024;
const LIST_LIMIT = 256 * 1024;

/** More than any system has: Ubuntu's desktop has some 30. */
const FOLDERS_AT_MOST = 1_000;

/** Folders in which loaders look for a library that nobody gave a path to. */
export interface LibraryFolders {
  /** LD_LIBRARY_PATH of the image's environment. */
  readonly environment: readonly string[];
  /** Those that the system has, for programs of an architecture. */
  system(loader: Loader, machine: string): readonly string[];
  /** Whether these are all: no image has as many as could be written into its files. */
  readonly isWhole: boolean;
  /** Names by which an architecture's library folder goes: what `$LIB` may stand for. */
  names(machine: string): readonly string[];
}

/** Reads what an image says of its library folders. */
export function readLibraryFolders(tree: FileTree, config: LoaderSettings): LibraryFolders {
  const names = (machine: string) => [
    'lib64',
    'lib',
    ...(TRIPLETS[machine] ?? []).map((triplet) => `lib/${triplet}`),
  ];
  const configured = [...new Set([...readLoaderConfig(tree), ...readLoaderCache(tree)])];
  const musl = readMuslPath(tree);
  const environment = (variableOf(config, 'LD_LIBRARY_PATH') ?? '').split(/[:;]/).filter(Boolean);
  const isWhole = [configured, musl ?? [], environment].every(
    ({ length }) => length <= FOLDERS_AT_MOST,
  );
  return {
    environment: environment.slice(0, FOLDERS_AT_MOST),
    isWhole,
    names,
    system(loader, machine) {
      // musl: ldso/dynlink.c, load_library().
      if (loader === 'musl') {
        return musl?.slice(0, FOLDERS_AT_MOST) ?? ['/lib', '/usr/local/lib', '/usr/lib'];
      }
      const own = names(machine).flatMap((name) => [`/${name}`, `/usr/${name}`]);
      return [...new Set([...configured.slice(0, FOLDERS_AT_MOST), ...own])];
    },
  };
}

/**
 * The folders of ld.so.conf(5). Loaders read the cache that is made of it alone; a folder
 * that is configured and not in the cache is taken for one that the cache was not kept of.
 */
function readLoaderConfig(tree: FileTree): string[] {
  const included = childrenOf(tree, 'etc/ld.so.conf.d').filter((path) => path.endsWith('.conf'));
  return ['etc/ld.so.conf', ...included]
    .flatMap((path) => textOf(tree, path).split('\n'))
    .map((line) => line.trim().split(/[\s=,:]/)[0] ?? '')
    .filter((folder) => folder.startsWith('/'));
}

/** The folders of the libraries that the cache names: its texts, whatever its format (glibc, `elf/cache.c`). */
function readLoaderCache(tree: FileTree): string[] {
  const bytes = bytesOf(tree, 'etc/ld.so.cache');
  if (!bytes || bytes.length > CACHE_LIMIT) return [];
  const folders = new Set<string>();
  for (
    let start = 0, end = bytes.indexOf(0);
    end >= 0;
    start = end + 1, end = bytes.indexOf(0, start)
  ) {
    const path = pathBefore(bytes, start, end);
    if (path !== undefined) folders.add(path.slice(0, path.lastIndexOf('/')));
  }
  return [...folders];
}

/** The path that a zero byte ends: what stands before it may be anything. */
function pathBefore(bytes: Uint8Array, start: number, end: number): string | undefined {
  let from = end;
  while (from > start && isPrintable(bytes[from - 1])) from -= 1;
  const text = Buffer.from(bytes.subarray(from, end)).toString('latin1');
  const slash = text.indexOf('/');
  return slash >= 0 && slash < text.length - 1 ? text.slice(slash) : undefined;
}

function isPrintable(byte = 0): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}

/** musl's file of folders, which replaces its own; `undefined` where there is none. */
function readMuslPath(tree: FileTree): string[] | undefined {
  const path = childrenOf(tree, 'etc').find((each) => /\/ld-musl-[^/]+\.path$/.test(each));
  if (path === undefined) return undefined;
  return textOf(tree, path).split(/[\n:]/).filter(Boolean);
}

function childrenOf(tree: FileTree, folder: string): string[] {
  const prefix = `${tree.resolve(folder) ?? folder}/`;
  const paths: string[] = [];
  for (const { path } of tree.entries()) {
    if (path.startsWith(prefix) && !path.includes('/', prefix.length)) paths.push(path);
  }
  return paths;
}

function textOf(tree: FileTree, path: string): string {
  return new TextDecoder().decode(bytesOf(tree, path)?.subarray(0, LIST_LIMIT));
}

function bytesOf(tree: FileTree, path: string): Uint8Array | undefined {
  const real = tree.resolve(path);
  return real === undefined ? undefined : tree.bytes(real);
}
