import type { Package } from '../inventory/inventory.ts';
import { goRelease } from '../version/go-release.ts';

type Subject = Pick<Package, 'type' | 'name' | 'version' | 'source'>;

/**
 * Source packages of Debian's and Ubuntu's kernels, by flavour where there are several. Not
 * `linux-atm` and the like, which are programs of their own.
 */
const DEB_KERNEL =
  /^linux(?:-\d[\d.]*|-(?:signed|meta|latest|restricted-modules|aws|azure|bluefield|fips|gcp|gke|gkeop|hwe|ibm|intel|iot|kvm|lowlatency|nvidia|oem|oracle|raspi|realtime|riscv|starfive|xilinx)(?:-.*)?)?$/;

/** As rpm distributions call theirs: `kernel`, `kernel-headers`, Amazon's `kernel6.12`. */
const RPM_KERNEL =
  /^kernel(?:\d+\.\d+)?(?:-(?:64k|azure|default|headers|hci|mshv|rt|uki|uvm|uvm-cvm))?$/;

/** What stands for a version that nobody gave a main module, or a module from a folder. */
const NO_GO_VERSION: ReadonlySet<string> = new Set(['', '(devel)', 'devel', 'unknown']);

/** Why a package is not looked up in any feed, as one clause; `null` when it is. */
export function whyNotLookedUp({ type, name, version, source }: Subject): string | null {
  if (isKernel(type, source?.name ?? name)) {
    return 'part of a kernel: a container runs that of its host';
  }
  if (type === 'rpm' && name === 'gpg-pubkey') return 'a key of the package manager, no software';
  if (type !== 'golang') return null;
  if (name === 'toolchain') return 'a tool that built it, no part of it';
  if (name === 'stdlib') {
    return goRelease(version) === null
      ? `built by no release of Go: ${JSON.stringify(version)}`
      : null;
  }
  return NO_GO_VERSION.has(version) ? 'built without a version: none to compare' : null;
}

function isKernel(type: Package['type'], source: string): boolean {
  if (type === 'deb') return DEB_KERNEL.test(source);
  return type === 'rpm' && RPM_KERNEL.test(source);
}
