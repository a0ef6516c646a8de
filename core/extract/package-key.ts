import type { Package } from '../inventory/inventory.ts';

/** What makes two records of OS packages one. Not the purl: that has names in lower case alone, `R` and `r` are two. */
export function packageKey({ name, version, arch }: Package): string {
  return `${name} ${version} ${arch ?? ''}`;
}
