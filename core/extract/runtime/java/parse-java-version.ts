/** Versions of the feature release 8, which calls itself 1.8: `1.8.0_432`, `1.8.0.432.b06`, `8u432-ga`, Alpine's `8.432.06`. */
const EIGHT = /^(?:1\.8\.0[._]|8u|8\.(?=[1-9]\d\d\.))(\d{1,4})(?!\d)/;
/** https://openjdk.org/jeps/322: `21`, `21.0.5+11`, `21.0.5_p11`; of more than three numbers the first three. */
const NEWER = /^(\d{1,3})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?/;

/** A version of Java, whoever wrote it, as three numbers: `21.0.5`, `8.0.432`; `undefined` if it is none. */
export function parseJavaVersion(text: string): string | undefined {
  const plain = text.replace(/^\d+:/, '');
  const update = EIGHT.exec(plain)?.[1];
  if (update !== undefined) return `8.0.${Number(update)}`;
  if (/^(?:1\.8\.0|8)$/.test(plain)) return '8.0.0';
  const [, feature, interim = '0', patch = '0'] = NEWER.exec(plain) ?? [];
  return feature === undefined ? undefined : [feature, interim, patch].map(Number).join('.');
}
