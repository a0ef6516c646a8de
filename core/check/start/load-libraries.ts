import { quote } from '../../extract/token.ts';
import type { ElfFacts } from '../../image/file-facts.ts';
import type { FileTree } from '../../image/file-tree.ts';
import { baseName, folderOf } from '../../image/path-parts.ts';
import { fromWorkingFolder } from './find-command.ts';
import { isUnread } from './is-unread.ts';
import {
  type LibraryFolders,
  type Loader,
  type LoaderSettings,
  readLibraryFolders,
} from './library-folders.ts';

/** A program or library that a loader would map. */
export interface LoadedFile {
  /** Where it really lies. */
  readonly path: string;
  /** `undefined` of a file that says nothing of itself. */
  readonly elf: ElfFacts | undefined;
}

/** What a loader would do with a program. */
export interface Loaded {
  /** The program first, then its libraries in the order in which they are found. */
  readonly files: readonly LoadedFile[];
  /** Libraries that are not there, with the file that needs each. */
  readonly missing: readonly { readonly library: string; readonly by: string }[];
  /** Why not all of it is known; `null` when it is. */
  readonly doubt: string | null;
}

/** Follows programs to their libraries in one image. */
export type LoadLibraries = (path: string, elf: ElfFacts) => Loaded;

/** More libraries than a program has: Chromium loads some 200. */
const MAX_FILES = 2_000;

/** Looks for a file, of all programs of one image: far above what a whole distribution takes. Long names count more. */
const MAX_LOOKS = 500_000;
/** Of a look, what it costs to see that a library is loaded already. */
const KNOWN = 0.1;

/** Loaders that we know how they look, by the name of their file: `ld-linux-x86-64.so.2`, `ld-2.31.so`, `ld64.so.1`. */
const GLIBC_LOADER = /^ld(?:-linux[\w-]*|-\d[\d.]*|64)?\.so(?:\.\d+)*$/;
const MUSL_LOADER = /^(?:ld-musl-[\w-]+\.so(?:\.\d+)*|libc\.so|libc\.musl-[\w-]+\.so\.1)$/;

/** What musl's one file is, whatever else asks for it (`ldso/dynlink.c`, load_library()). */
const MUSL_ITSELF = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

/** Libraries of a driver, which NVIDIA's runtime mounts where the host has such a card: in no image. */
const OF_HOST = /^lib(?:cuda|cudadebugger|nvcuvid|nvoptix|nvidia-[\w-]+)\.so(?:\.|$)/;

/**
 * Looks for libraries as the loaders do: ld.so(8), and musl's `ldso/dynlink.c`. Only what a file
 * names as needed is followed: what it opens later by itself nobody can see.
 */
export function createLoadLibraries(tree: FileTree, config: LoaderSettings): LoadLibraries {
  let folders: LibraryFolders | undefined;
  const known: System['known'] = new Map();
  const spent = { looks: 0 };
  return (path, elf) => {
    if (!elf.isDynamic || elf.interpreter === undefined) {
      const files = [{ path, elf }];
      return { files, missing: [], doubt: doubtOf(files) };
    }
    folders ??= readLibraryFolders(tree, config);
    return load({ tree, config, folders, known, spent }, path, elf, elf.interpreter);
  };
}

interface System {
  readonly tree: FileTree;
  readonly config: LoaderSettings;
  readonly folders: LibraryFolders;
  /** What the system's folders give by loader, architecture and name: most programs ask for the same. */
  readonly known: Map<string, OpenedFile | undefined>;
  /** Of `MAX_LOOKS`. */
  readonly spent: { looks: number };
}

/** A library that was found. */
type OpenedFile = Omit<Mapped, 'by'>;

/** A file under way, with the one that asked for it. */
interface Mapped extends LoadedFile {
  /** The path by which it was opened. */
  readonly opened: string;
  readonly by: Mapped | null;
}

function load(system: System, path: string, elf: ElfFacts, interpreter: string): Loaded {
  const { tree } = system;
  const program: Mapped = { path, opened: path, elf, by: null };
  const stop = (doubt: string): Loaded => ({ files: [program], missing: [], doubt });
  const loaderPath = tree.resolve(interpreter);
  if (loaderPath === undefined) return stop(`its loader ${quote(interpreter)} is not there`);
  const loader = loaderOf(baseName(loaderPath));
  if (!loader) return stop(`it is not known how ${quote(interpreter)} looks for libraries`);
  const loading: Loading = {
    search: { system, loader, machine: elf, loaderFolder: folderOf(loaderPath) },
    files: [program],
    paths: new Set([path]),
    known: new Set([
      baseName(interpreter),
      baseName(loaderPath),
      tree.facts(loaderPath)?.elf?.soname ?? '',
    ]),
    missing: [],
  };
  // The list grows while it is walked: breadth first, as the loaders go.
  for (const file of loading.files) {
    for (const library of file.elf?.needed ?? []) need(loading, file, library);
    if (loading.files.length > MAX_FILES) break;
  }
  const { files, missing } = loading;
  const isWhole = system.folders.isWhole && !isSpent(system);
  // What was not found may lie where nobody looked.
  if (!isWhole)
    return { files, missing: [], doubt: 'there are too many places to look for libraries' };
  if (files.length > MAX_FILES) return { files, missing, doubt: 'it needs too many libraries' };
  return { files, missing, doubt: doubtOf(files) };
}

function isSpent({ spent }: System): boolean {
  return spent.looks > MAX_LOOKS;
}

/** Whether there may be one look more, with a name of so many characters. */
function mayLook(system: System, length: number, cost = 1): boolean {
  system.spent.looks += cost + Math.floor(length / 64);
  return !isSpent(system);
}

/** A program whose libraries are being found. */
interface Loading {
  readonly search: Search;
  readonly files: Mapped[];
  readonly paths: Set<string>;
  /** Names that are loaded, or were not found: nobody looks twice. */
  readonly known: Set<string>;
  readonly missing: { readonly library: string; readonly by: string }[];
}

function need(
  { search, files, paths, known, missing }: Loading,
  by: Mapped,
  library: string,
): void {
  if (!mayLook(search.system, library.length, KNOWN) || known.has(library)) return;
  if (search.loader === 'musl' && MUSL_ITSELF.test(library)) return;
  known.add(library);
  const found = findLibrary(search, by, library);
  if (!found) {
    if (!OF_HOST.test(library)) missing.push({ library, by: by.path });
    return;
  }
  if (!paths.has(found.path)) files.push(found);
  paths.add(found.path);
  if (found.elf?.soname !== undefined) known.add(found.elf.soname);
}

function loaderOf(name: string): Loader | undefined {
  if (MUSL_LOADER.test(name)) return 'musl';
  return GLIBC_LOADER.test(name) ? 'glibc' : undefined;
}

function doubtOf(files: readonly LoadedFile[]): string | null {
  const unread = files.find(({ elf }) => elf === undefined || isUnread(elf));
  return unread ? `what /${unread.path} needs cannot be read` : null;
}

interface Search {
  readonly system: System;
  readonly loader: Loader;
  readonly machine: Pick<ElfFacts, 'machine' | 'bits'>;
  /** Of a loader outside of the usual places (Nix), where its own libraries lie. */
  readonly loaderFolder: string;
}

function findLibrary(search: Search, by: Mapped, library: string): Mapped | undefined {
  const { config } = search.system;
  const found = library.includes('/')
    ? openLibrary(search, fromWorkingFolder(config, library))
    : (openFirst(search, ownFolders(search, by), library) ?? findInSystem(search, library));
  return found && { ...found, by };
}

function findInSystem(search: Search, library: string): OpenedFile | undefined {
  const { system, loader, machine, loaderFolder } = search;
  const { config, folders, known } = system;
  const key = [loader, loaderFolder, machine.machine, machine.bits, library].join(' ');
  if (known.has(key)) return known.get(key);
  const all = [
    ...folders.environment.map((folder) => fromWorkingFolder(config, folder)),
    ...folders.system(loader, machine.machine),
    `/${loaderFolder}`,
  ];
  const found = openFirst(search, all, library);
  known.set(key, found);
  return found;
}

function openFirst(
  search: Search,
  folders: Iterable<string>,
  library: string,
): OpenedFile | undefined {
  for (const folder of folders) {
    if (isSpent(search.system)) return undefined;
    const found = openLibrary(search, `${folder}/${library}`);
    if (found) return found;
  }
  return undefined;
}

/** The folders that a file, or who asked for it, brings along; one by one, since there may be any number. */
function* ownFolders(search: Search, by: Mapped): Iterable<string> {
  const isMusl = search.loader === 'musl';
  // Who has a RUNPATH is not asked for an RPATH, its own or of those above it.
  const chain = isMusl || !by.elf?.runpath ? chainOf(by) : [];
  for (const file of chain) {
    if (!mayLook(search.system, 0, KNOWN)) return;
    if (isMusl || !file.elf?.runpath) yield* expandFolders(search, file, rpathOf(file));
    if (isMusl) yield* expandFolders(search, file, runpathOf(file));
  }
  if (!isMusl) yield* expandFolders(search, by, runpathOf(by));
}

function* expandFolders(search: Search, file: Mapped, texts: readonly string[]): Iterable<string> {
  for (const text of texts) {
    // Each `$` in it is looked at, and may become a whole path.
    if (!mayLook(search.system, 4 * text.length, KNOWN)) return;
    yield* expandFolder(search, file, text);
  }
}

/** A file and those that asked for it, up to the program. */
function chainOf(file: Mapped): Mapped[] {
  const chain: Mapped[] = [];
  for (let each: Mapped | null = file; each; each = each.by) chain.push(each);
  return chain;
}

function rpathOf({ elf }: Mapped): readonly string[] {
  return elf?.rpath ?? [];
}

function runpathOf({ elf }: Mapped): readonly string[] {
  return elf?.runpath ?? [];
}

/** `$ORIGIN`, `$LIB` and `$PLATFORM` in a folder's name (ld.so(8), "Dynamic string tokens"). */
function expandFolder({ system, machine }: Search, file: Mapped, text: string): string[] {
  // By the name it was opened by, or by where it really lies: loaders differ.
  const origins = new Set([folderOf(file.opened), folderOf(file.path)]);
  const libs = /\$(?:LIB\b|\{LIB\})/.test(text) ? system.folders.names(machine.machine) : [''];
  return [...origins].flatMap((origin) =>
    libs.map((lib) =>
      fromWorkingFolder(
        system.config,
        text
          .replace(/\$(?:ORIGIN\b|\{ORIGIN\})/g, () => `/${origin}`)
          .replace(/\$(?:LIB\b|\{LIB\})/g, () => lib)
          .replace(/\$(?:PLATFORM\b|\{PLATFORM\})/g, () => PLATFORMS[machine.machine] ?? ''),
      ),
    ),
  );
}

/** `AT_PLATFORM` as kernels say it. */
const PLATFORMS: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  arm64: 'aarch64',
  386: 'i686',
};

/** The library at a path, if a program of this architecture can load it. */
function openLibrary({ system, machine }: Search, at: string): OpenedFile | undefined {
  const { tree } = system;
  if (!mayLook(system, at.length)) return undefined;
  const path = tree.resolve(at);
  const entry = path === undefined ? undefined : tree.entry(path);
  if (path === undefined || entry?.type !== 'file') return undefined;
  const elf = tree.facts(path)?.elf;
  // An empty file is what a made-up image has; anything else that is no ELF file loads nowhere.
  if (!elf && entry.size > 0) return undefined;
  if (elf && (elf.machine !== machine.machine || elf.bits !== machine.bits)) return undefined;
  return { path, opened: at.split('/').filter(Boolean).join('/'), elf };
}
