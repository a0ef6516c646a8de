import type { ElfFacts } from '../image/file-facts.ts';
import type { ElfFile } from './elf-file.ts';

/** cargo-auditable's (https://github.com/rust-secure-code/cargo-auditable, PARSING.md). */
const AUDIT_SECTION = '.dep-v0';
/** Compressed; it advises to give up above 8 MiB unpacked. */
const AUDIT_LIMIT = 1024 * 1024;

/** Where cargo unpacks crates; a panic says the path of its source. */
const REGISTRY = Buffer.from('/registry/src/');
/** More than any program has. */
const MAX_CRATES = 2000;
/** Of a path that begins with the name of a registry. */
const PATH_SIZE = 256;

/** crates.io's index, by git and sparse; a crate's name and a version by SemVer. */
const CRATE =
  /^(?:index\.crates\.io|github\.com)-[0-9a-f]{16}\/([A-Za-z][\w-]{0,63}?-\d+\.\d+\.\d+(?:[-+][\w.+-]{1,64})?)\//;

/** The standard library's own sources, as every released compiler names them. */
const STANDARD_LIBRARY = /\/rustc\/[0-9a-f.]{5,40}\/library\//;
const COMPILER = 'rustc version ';

/** What a program made by Rust's compiler says of its crates. */
export function readRust(
  file: ElfFile,
): Pick<ElfFacts, 'rustAudit' | 'rustCrates' | 'madeBy' | 'problems'> {
  const audit = readAudit(file);
  if (typeof audit === 'string') return { madeBy: 'rust', rustAudit: audit };
  const problems = audit && [audit.problem];
  const crates = readCrates(file);
  const isRust = problems !== undefined || crates.length > 0 || namesCompiler(file);
  return {
    ...(isRust && { madeBy: 'rust' as const }),
    ...(crates.length > 0 && { rustCrates: crates }),
    ...(problems && { problems }),
  };
}

function readAudit(file: ElfFile): string | { readonly problem: string } | undefined {
  const section = file.section(AUDIT_SECTION);
  if (!section) return undefined;
  if (section.size > AUDIT_LIMIT) {
    return { problem: `its list of crates has ${section.size} bytes, limit ${AUDIT_LIMIT}` };
  }
  const bytes = file.ranges.read(section.offset, section.size);
  return bytes?.toString('base64') ?? { problem: 'its list of crates was not kept' };
}

function readCrates({ ranges }: ElfFile): string[] {
  const found = new Set<string>();
  for (const { bytes } of ranges.kept) {
    for (let at = bytes.indexOf(REGISTRY); at >= 0; at = bytes.indexOf(REGISTRY, at + 1)) {
      const start = at + REGISTRY.length;
      const crate = CRATE.exec(bytes.toString('latin1', start, start + PATH_SIZE))?.[1];
      if (crate !== undefined) found.add(crate);
      if (found.size >= MAX_CRATES) break;
    }
  }
  return [...found].sort();
}

/** By what it leaves of itself in a section that strip(1) may take, or by the standard library's panics. */
function namesCompiler(file: ElfFile): boolean {
  const comment = file.section('.comment');
  const text = comment && file.ranges.read(comment.offset, Math.min(comment.size, 4096));
  if (text?.includes(COMPILER)) return true;
  return file.ranges.kept.some(({ bytes }) => {
    const at = bytes.indexOf('/rustc/');
    return at >= 0 && STANDARD_LIBRARY.test(bytes.toString('latin1', at, at + PATH_SIZE));
  });
}
