import { artifactOf, mayBeCalled } from '../extract/java/name-archive.ts';
import { auditedCrates } from '../extract/rust/audited-crates.ts';
import { fileOfPath } from '../image/archive-path.ts';
import type { ElfFacts } from '../image/file-facts.ts';
import type { FileTree } from '../image/file-tree.ts';
import { type ToldFile, toldFiles } from '../image/told-files.ts';
import type { Package } from '../inventory/inventory.ts';
import { isArchive } from '../java/archive-probe.ts';
import type { Coverage, OpaqueFile, PartlyFile } from './coverage.ts';
import { findListedFiles } from './listed-files.ts';
import { isMaintainerScript } from './maintainer-scripts.ts';
import { OPAQUE, type Opaque, opaqueElf, opaqueRuntime } from './opaque.ts';
import { PARTLY, type Partly, partlyArchive } from './partly.ts';
import { isInVirtualEnvironment, runtimeTreeOf, standsFor } from './runtime-trees.ts';
import { findUnreadLists } from './unread-lists.ts';

/** Opaque and partly listed files that are named; all are counted. */
const NAMED = 50;

/** An image, as far as packages are known. */
export interface Covered {
  readonly tree: FileTree;
  /** All of them, with their owners. */
  readonly packages: readonly Package[];
  /** The OS package that a file belongs to. */
  readonly ownerOf: (path: string) => string | null;
  /** The OS package whose file another was written over. */
  readonly formerOwnerOf: (path: string) => string | null;
  /** Whether any OS package says which files are its own. */
  readonly hasFileLists: boolean;
}

type Kind = 'owned' | 'listed' | 'scripts';

/** Of a file, or why it is neither of these. */
type Judged = Kind | Partly | Opaque;

/** Says of each executable of an image whether its packages speak of it. */
export function measureCoverage(image: Covered): Coverage {
  const { tree, packages } = image;
  const executables = toldFiles(tree).filter(isExecutable);
  const asked = new Set(executables.map(({ entry }) => entry.path));
  const context: Context = {
    ...image,
    files: findListedFiles(tree, packages, asked),
    byFile: Map.groupBy(packages, ({ path }) => fileOfPath(path)),
  };
  const counts: Record<Kind, number> = { owned: 0, listed: 0, scripts: 0 };
  const partly: PartlyFile[] = [];
  const opaque: OpaqueFile[] = findUnreadLists(tree, image.ownerOf);
  for (const each of executables) {
    const judged = judge(context, each);
    if (typeof judged === 'string') counts[judged] += 1;
    else if ('unnamed' in judged) partly.push({ path: each.entry.path, ...judged });
    else opaque.push({ path: each.entry.path, ...judged, why: whyOf(context, each, judged) });
  }
  return {
    ...counts,
    partly: partly.length,
    opaque: opaque.length,
    opaqueFiles: firstOf(opaque),
    partlyFiles: firstOf(partly),
  };
}

function firstOf<File extends { readonly path: string }>(files: readonly File[]): File[] {
  return files.toSorted((left, right) => (left.path < right.path ? -1 : 1)).slice(0, NAMED);
}

interface Context extends Covered {
  readonly files: ReturnType<typeof findListedFiles>;
  readonly byFile: ReadonlyMap<string, readonly Package[]>;
}

/** A single Python file that may be executed, and is an archive behind its first line (zipapp, PEX, shiv). */
const PACKED_PYTHON = /\.(?:pex|pyz|pyzw|shiv)$/;

/** Objects that a linker still has to take, and dumps, are none. */
function isExecutable({ entry, facts }: ToldFile): boolean {
  const { elf, shebang, jars, foreign, problems } = facts;
  if (elf) return elf.type === 'exec' || elf.type === 'dyn' || (entry.mode & 0o111) !== 0;
  if (shebang !== undefined || foreign !== undefined || jars?.some((each) => each.hasClasses))
    return true;
  return isArchive(entry) && problems !== undefined;
}

function whyOf({ formerOwnerOf }: Context, { entry }: ToldFile, { why }: Opaque): string {
  const owner = formerOwnerOf(entry.path);
  return owner === null ? why : `${why}, written over a file of ${owner}`;
}

function judge(context: Context, file: ToldFile): Judged {
  const { path } = file.entry;
  const { elf, shebang, foreign } = file.facts;
  if (context.ownerOf(path) !== null) return 'owned';
  if (context.files.has(path)) return 'listed';
  if (elf) return judgeElf(context, path, elf);
  if (PACKED_PYTHON.test(path) && (shebang !== undefined || foreign === 'packed')) {
    return OPAQUE.packedPython;
  }
  if (foreign !== undefined) return OPAQUE[foreign];
  if (shebang === undefined) return judgeArchive(context, file);
  return isMaintainerScript(path) ? 'owned' : 'scripts';
}

function judgeElf(context: Context, path: string, elf: ElfFacts): Judged {
  return judgeByLists(context, path, elf) ?? judgeByPlace(context, path) ?? opaqueElf(elf);
}

/** By what the file itself lists. */
function judgeByLists({ byFile, tree }: Context, path: string, elf: ElfFacts): Judged | undefined {
  // Without modules there is the standard library alone: who built it did so without them.
  if (elf.go) return elf.go.modules === '' ? PARTLY.go : 'listed';
  const own = byFile.get(path) ?? [];
  if (own.length > 0) return own.some(({ confidence }) => confidence) ? PARTLY.rust : 'listed';
  // Audited, and made of nothing that crates.io has.
  const crates = auditedCrates(tree).get(path);
  return crates !== undefined && typeof crates !== 'string' ? 'listed' : undefined;
}

/** By where it lies. */
function judgeByPlace(context: Context, path: string): Judged | undefined {
  const { tree, hasFileLists } = context;
  const runtime = runtimeTreeOf(tree, path);
  if (runtime) {
    const isListed = standsFor(runtime, context) || isCopied(context, path);
    return isListed ? 'listed' : opaqueRuntime(runtime.language);
  }
  // An OS whose packages do not say which files are theirs has its programs where this one lies.
  return !hasFileLists && isOfSystem(context, path) ? PARTLY.system : undefined;
}

/** Of the interpreter that a package brought. */
function isCopied({ tree, packages }: Context, path: string): boolean {
  return (
    isInVirtualEnvironment(tree, path) &&
    packages.some(({ type, name }) => type !== 'pypi' && /^(?:lib)?python[\d.-]*/.test(name))
  );
}

const OS_TYPES: ReadonlySet<string> = new Set(['apk', 'deb', 'rpm']);

function isOfSystem({ packages }: Context, path: string): boolean {
  const isThere = packages.some(({ type }) => OS_TYPES.has(type));
  return isThere && /^(?:usr\/)?(?:bin|sbin|lib|lib64|libexec)\//.test(path);
}

/** The archives in one are judged together: those that name no project, or were not read, make it less than listed. */
function judgeArchive(context: Context, { entry, facts }: ToldFile): Judged {
  const { byFile } = context;
  const { jars = [], problems } = facts;
  const named = Map.groupBy(byFile.get(entry.path) ?? [], ({ path }) => path);
  const parts = jars
    // An application's own code is in no list, and no advisory is about it.
    .filter((each) => each.hasClasses && !each.isApplication)
    .map(({ inside }) => {
      const place = [entry.path, ...inside].join('!/');
      // What another project has left in it names itself alone.
      const project = named.get(place)?.find(({ name }) => mayBeCalled(place, artifactOf(name)));
      return { inside, project };
    });
  if (parts.length === 0) return problems ? OPAQUE.unreadArchive : 'listed';
  if (named.size === 0) {
    // Java's own classes lie in archives too, beside the one that holds most of them.
    return judgeByPlace(context, entry.path) ?? (problems ? OPAQUE.unreadArchive : OPAQUE.archive);
  }
  const isWhole = parts.every(({ project }) => project && !project.confidence);
  return isWhole && !problems ? 'listed' : partlyArchive(parts, problems);
}
