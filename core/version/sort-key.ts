/**
 * A sort key: a text whose order by UTF-16 code units is the order of the versions.
 * Made once per version, then compared as fast as the engine compares strings.
 */
export type SortKey = string;

/** The order of sort keys. */
export function compareKeys(left: SortKey, right: SortKey): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Key of a decimal number of any length: its digits after their count, leading zeros aside. */
export function numberKey(digits: string): SortKey {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === 0x30) start++;
  return lengthKey(digits.length - start) + digits.slice(start);
}

function lengthKey(length: number): SortKey {
  return length < 0xffff ? String.fromCharCode(length) : `\uffff${lengthKey(length - 0xffff)}`;
}
