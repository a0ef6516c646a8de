/** What a shared object asks of another one by name (`.gnu.version_r`). */
export interface RequiredVersions {
  /** `libc.so.6`. */
  readonly library: string;
  /** `GLIBC_2.34`, sorted; `GLIBC_PRIVATE` among them. */
  readonly versions: readonly string[];
}

/**
 * What an ELF file says of itself (System V ABI, "Object Files"; GNU extensions: Linux Standard
 * Base Core, "Symbol Versioning"). What is empty in most files is left out of them.
 */
export interface ElfFacts {
  /** Kind of object: `exec` has fixed addresses, `dyn` is a library or a position-independent program. */
  readonly type: 'rel' | 'exec' | 'dyn' | 'core' | 'other';
  /** As GOARCH calls it where it has a name (`amd64`, `arm64`, `s390x`), else `e_machine` as `machine-<n>`. */
  readonly machine: string;
  readonly bits: 32 | 64;
  readonly isBigEndian?: true;
  /** PT_INTERP: the program that loads it; absent where nothing has to. */
  readonly interpreter?: string;
  /** Whether it has a dynamic section. */
  readonly isDynamic?: true;
  /** DT_FLAGS_1 says DF_1_PIE: a program, though its type is `dyn`. */
  readonly isPie?: true;
  readonly soname?: string;
  /** DT_NEEDED, in its order. */
  readonly needed?: readonly string[];
  /** DT_RPATH and DT_RUNPATH, split at their colons, `$ORIGIN` as it stands. */
  readonly rpath?: readonly string[];
  readonly runpath?: readonly string[];
  readonly requires?: readonly RequiredVersions[];
  /** Versions that a library defines, sorted: of libc.so.6 the highest GLIBC_2.x is its release. */
  readonly provides?: readonly string[];
  /** Go's build information, as the linker wrote it (debug/buildinfo). */
  readonly go?: GoBuildInfo;
  /** Whether it was made by Go's or Rust's compiler, whatever else it says. */
  readonly madeBy?: 'go' | 'rust';
  /** What cargo-auditable left in `.dep-v0`: JSON compressed by zlib, base64. */
  readonly rustAudit?: string;
  /** `name-version` of crates whose panics name their source files, sorted. */
  readonly rustCrates?: readonly string[];
  /** Versions that the bytes of an interpreter or of its library hold, sorted. */
  readonly versionTexts?: readonly string[];
  /** What could not be read of it. */
  readonly problems?: readonly string[];
}

/** Go's build information (https://pkg.go.dev/runtime/debug#BuildInfo). */
export interface GoBuildInfo {
  /** `go1.22.3`, with what follows it. */
  readonly version: string;
  /** The `path`, `mod`, `dep`, `=>` and `build` lines, as they stand; empty where there are none. */
  readonly modules: string;
}

/** One archive of Java classes, with those inside it. */
export interface JarFacts {
  /** Names of the archives on the way, from the file down: empty for the file itself. */
  readonly inside: readonly string[];
  /** `META-INF/maven/<group>/<artifact>/pom.properties`, as they stand. */
  readonly pomProperties?: readonly { readonly path: string; readonly text: string }[];
  /** Main attributes of the manifest that name or number it. */
  readonly manifest?: Readonly<Record<string, string>>;
  /** Whether it holds classes or sources that run. */
  readonly hasClasses?: true;
  /** Whether all of them lie where an application has its own, beside what starts it at most. */
  readonly isApplication?: true;
}

/** What is told of a file whose bytes are not kept. Content alone decides, and of archives the name. */
export interface FileFacts {
  readonly elf?: ElfFacts;
  /** The first line of a script without `#!` and the spaces around it, at most 256 bytes; a CR that ends it counts. */
  readonly shebang?: string;
  /** An archive of Java classes and those in it. */
  readonly jars?: readonly JarFacts[];
  /** `EGG-INFO/PKG-INFO` of a Python project in one file. */
  readonly eggInfo?: string;
  /**
   * Code that is no ELF file: a program or library of Windows or .NET, a module of WebAssembly; an application packed
   * into an archive that runs by itself (behind a script, or Python's), PHP's into one of its own.
   */
  readonly foreign?: 'pe' | 'wasm' | 'packed' | 'phar';
  /** The label of a PEM private key: `RSA PRIVATE KEY`, `OPENSSH PRIVATE KEY`. */
  readonly privateKey?: string;
  /** What could not be read of it. */
  readonly problems?: readonly string[];
}
