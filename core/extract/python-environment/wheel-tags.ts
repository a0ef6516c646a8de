/** A compatibility tag (PEP 425), not compressed. */
export interface WheelTag {
  /** `cp313`, `py3`. */
  readonly interpreter: string;
  /** `cp313`, `cp313t`, `abi3`, `none`. */
  readonly abi: string;
  /** `manylinux_2_17_x86_64`, `any`. */
  readonly platform: string;
}

/** Tags of one wheel; a compressed set of more is not read on. */
const TAGS = 256;

/** The tags in a `WHEEL` file; those written compressed (`py2.py3-none-any`) are taken apart. */
export function readWheelTags(text: string): readonly WheelTag[] {
  const lines = text.matchAll(/^Tag:[ \t]*(\S{1,400})[ \t]*\r?$/gm);
  return [...lines].flatMap(([, set = '']) => takeApart(set)).slice(0, TAGS);
}

function takeApart(set: string): WheelTag[] {
  const parts = set.split('-').map((part) => part.split('.'));
  const [interpreters = [], abis = [], platforms = []] = parts;
  if (parts.length !== 3) return [];
  return interpreters.flatMap((interpreter) =>
    abis.flatMap((abi) => platforms.map((platform) => ({ interpreter, abi, platform }))),
  );
}

/** Whether a tag is about CPython, or any Python: of PyPy's nothing is judged. */
export function isOfCpython({ interpreter }: WheelTag): boolean {
  return /^(?:cp|py)\d/.test(interpreter);
}

/**
 * Whether CPython of a minor (`3.14`, free-threaded `3.14t`) may load a wheel with this tag, its
 * platform aside: the order of `packaging.tags`, and PEP 803 for `abi3t`.
 */
export function fitsMinor({ interpreter, abi }: WheelTag, minor: string): boolean {
  const [, kind, major, number = ''] = /^(cp|py)(\d)(\d*)$/.exec(interpreter) ?? [];
  if (major !== '3') return false;
  // Without a number it is for every minor.
  const own = number === '' ? undefined : Number(number);
  const target = Number(minor.replace(/t$/, '').split('.')[1]);
  if (kind === 'py') return abi === 'none' && (own ?? 0) <= target;
  if (abi === 'none') return own === undefined || own === target;
  return own !== undefined && fitsAbi(abi, own, target, minor.endsWith('t'));
}

function fitsAbi(abi: string, own: number, target: number, isFreeThreaded: boolean): boolean {
  if (abi === 'abi3') return !isFreeThreaded && own <= target;
  if (abi === 'abi3t') return own <= target;
  return own === target && abi === `cp3${target}${isFreeThreaded ? 't' : ''}`;
}

/** The minors that tags are for where they are for single ones: `3.13`; `undefined` where later ones fit as well. */
export function minorsOfTags(tags: readonly WheelTag[]): readonly string[] | undefined {
  const minors = new Set<string>();
  for (const { interpreter, abi } of tags) {
    const number = /^cp3(\d+)$/.exec(interpreter)?.[1];
    if (number === undefined || /^abi3t?$/.test(abi)) return undefined;
    minors.add(`3.${number}${/^cp3\d+t$/.test(abi) ? 't' : ''}`);
  }
  return minors.size > 0 ? [...minors].sort() : undefined;
}

/** A C library as platforms of tags name it. */
export interface TagLibc {
  readonly name: 'glibc' | 'musl';
  /** `2.41`. */
  readonly series: string;
}

/** What a platform asks for: PEP 600 (and its older names), PEP 656; `undefined` for any other. */
export function libcOfPlatform(platform: string): TagLibc | undefined {
  const legacy = /^(manylinux(?:1|2010|2014))_/.exec(platform)?.[1];
  if (legacy) return { name: 'glibc', series: LEGACY[legacy] ?? '2.5' };
  const { name, major, minor } =
    /^(?<name>many|musl)linux_(?<major>\d{1,3})_(?<minor>\d{1,3})_/.exec(platform)?.groups ?? {};
  if (!name) return undefined;
  return { name: name === 'many' ? 'glibc' : 'musl', series: `${major}.${minor}` };
}

const LEGACY: Readonly<Record<string, string>> = {
  manylinux1: '2.5',
  manylinux2010: '2.12',
  manylinux2014: '2.17',
};
