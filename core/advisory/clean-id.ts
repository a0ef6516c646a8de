const HYPHENS = /[\u2010\u2011]/;

/** An id as it is compared: real records hold ids with non-breaking hyphens (U+2011). */
export function cleanId(id: string): string {
  const trimmed = id.trim();
  return HYPHENS.test(trimmed) ? trimmed.replaceAll(/[\u2010\u2011]/g, '-') : trimmed;
}
