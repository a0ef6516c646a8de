import type { Coverage } from '../cover/coverage.ts';
import type { Problem } from '../image/capture.ts';
import type { Digest } from '../image/digest.ts';
import type { ComparedSboms } from '../sbom/layer-sboms.ts';
import type { BaseEvidence } from './base-evidence.ts';
import type { PythonEnvironment } from './python-environment.ts';

/** One installed package. */
export interface Package {
  /** With `arch`, `distro` and an rpm's `epoch` as its only qualifiers: `pkg:apk/wolfi/zlib@1.3-r2?arch=x86_64&distro=wolfi`. */
  readonly purl: string;
  /** OSV ecosystem, release included where OSV has one: `Wolfi`, `Alpine:v3.20`, `Debian:12`, `PyPI`; `Amazon Linux:2023`, which is none of OSV's. Empty when no feed can name it. */
  readonly ecosystem: string;
  readonly type:
    | 'apk'
    | 'deb'
    | 'rpm'
    | 'pypi'
    | 'golang'
    | 'npm'
    | 'cargo'
    | 'maven'
    /** A runtime that no OS package brought. */
    | 'bitnami';
  /** As the package says it; a PyPI name is kept as written, lookups normalise. */
  readonly name: string;
  /** As the package says it; an rpm's is `[epoch:]version-release`. */
  readonly version: string;
  /** The package it was built from and that one's version (of an rpm without epoch); `null` when the format has no such thing. */
  readonly source: { readonly name: string; readonly version: string } | null;
  readonly arch: string | null;
  /** The file that said so; behind `!/` the archive in it that did. */
  readonly path: string;
  /** Name of the OS package whose file it is; `null` for OS packages and unowned files. */
  readonly owner: string | null;
  /** Index of the layer that brought it in this version; absent when that is not known. */
  readonly layer?: number;
  /** Present where what said so may be wrong: a jar's manifest, the paths in a program's panics. */
  readonly confidence?: 'low';
}

/** What an image's os-release says. */
export interface Distro {
  /** `ID`: `wolfi`, `chainguard`, `alpine`, `debian`. */
  readonly id: string;
  /** `VERSION_ID`; empty when absent. */
  readonly versionId: string;
  readonly name: string;
}

/** One language runtime in an image. */
export interface Runtime {
  readonly language: 'python' | 'node' | 'java' | 'go';
  /** Upstream's version without distro revision: `3.14.4`. */
  readonly version: string;
  /** `3.14`. */
  readonly minor: string;
  /** What said so, the strongest first: `apk python-3.14=3.14.4-r1 (usr/lib/apk/db/installed)`. */
  readonly evidence: readonly string[];
  /** What says otherwise, one line each; left out where nothing does. */
  readonly conflicts?: readonly string[];
  /** Of several of one language: what its plain name starts. Of Python only. */
  readonly isDefault?: true;
}

/** One question about an image, and what is said to it. */
export interface Check {
  readonly id: string;
  readonly status: 'pass' | 'fail' | 'unknown';
  /** One sentence for people. */
  readonly message: string;
  /** Path or config field that proves it. */
  readonly evidence: string | null;
}

/** What the extractors say of one platform digest. Immutable. */
export interface Inventory {
  /** Platform digest. */
  readonly digest: Digest;
  readonly platform: string;
  /** RFC 3339, from the config; says little (often 1970): never used as the image's age. */
  readonly created: string | null;
  /** Sum of the layers' blobs, bytes. */
  readonly size: number;
  readonly layers: readonly {
    readonly digest: Digest;
    readonly diffId: Digest;
    readonly size: number;
  }[];
  readonly config: {
    readonly user: string;
    readonly entrypoint: readonly string[];
    readonly cmd: readonly string[];
    readonly env: readonly string[];
    readonly labels: Readonly<Record<string, string>>;
    /** Absolute; `/` where none is set. */
    readonly workingDir: string;
    /** `8080/tcp`, sorted. */
    readonly exposedPorts: readonly string[];
    /** Sorted. */
    readonly volumes: readonly string[];
    readonly stopSignal: string;
    /** Docker's: `CMD` and words, `CMD-SHELL` and a line, `NONE`. Orchestrators have their own. */
    readonly healthcheck: readonly string[];
    /** Docker's: what runs a line of a shell. */
    readonly shell: readonly string[];
  };
  readonly distro: Distro | null;
  readonly packages: readonly Package[];
  readonly runtimes: readonly Runtime[];
  /** Absent in inventories of before they were looked for. */
  readonly pythonEnvironments?: readonly PythonEnvironment[];
  readonly checks: readonly Check[];
  /** What of its executable code the packages speak of; absent in inventories of before. */
  readonly coverage?: Coverage;
  /** What tells what it was built on; not there where nothing does. */
  readonly baseEvidence?: BaseEvidence;
  /** The bills of materials that lie in its layers, beside what its package databases say; not there where none do. */
  readonly sboms?: ComparedSboms;
  readonly problems: readonly Problem[];
  /** Present where captures of before hold less than today's extractors want: the `WANTED_VERSION` of the oldest. */
  readonly capture?: number;
}

/** An image as a tag or a deployment names it, expanded to its platforms. Immutable. */
export interface IndexedImage {
  /** Index digest, or the platform digest when there is no index. */
  readonly digest: Digest;
  readonly platforms: readonly { readonly platform: string; readonly digest: Digest }[];
}
