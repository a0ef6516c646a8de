import type { Differences, OtherVersion, SbomSource } from './compare-sbom.ts';

const WHERE: Readonly<Record<SbomSource['where'], string>> = {
  layers: 'in its layers',
  index: 'in its index',
  referrer: 'attached as a referrer',
  tag: 'attached under a tag',
};

/** `attached as a referrer (sha256:…)`. */
export function sourceText({ where, name }: SbomSource): string {
  return `${WHERE[where]} (${name})`;
}

/** `4: apk a 1, apk b 2 and 2 more`; `none`. */
export function differenceText({ count, first }: Differences<string | OtherVersion>): string {
  if (count === 0) return 'none';
  const names = first.map((each) => (typeof each === 'string' ? each : versionsText(each)));
  const more = count - names.length;
  return `${count}: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `apk zlib: 1.2, in the layers 1.3`. */
export function versionsText({ package: name, sbom, layers }: OtherVersion): string {
  return `${name}: ${sbom}, in the layers ${layers}`;
}
