import type { FileSpec, PythonPackage, VenvSpec } from './layer-spec.ts';

/** Debian's site-packages folder without a version: a package that says nothing fits every Python. */
const DEFAULT_SITE = 'usr/lib/python3/dist-packages';

/**
 * The files of an installed Python package: its extensions and its `dist-info`
 * (packaging.python.org, "Recording installed projects" and "Binary distribution format").
 */
export function pythonPackageFiles(
  { name, version, site, tags = ['py3-none-any'], requiresPython, extensions = [] }: PythonPackage,
  venv: VenvSpec | undefined,
): ReadonlyMap<string, FileSpec> {
  const folder = site ?? (venv ? venvSite(venv) : DEFAULT_SITE);
  const escaped = name.replaceAll(/[-_.]+/g, '_').toLowerCase();
  const info = `${escaped}-${version}.dist-info`;
  const isPure = extensions.length === 0 && tags.every((tag) => tag.endsWith('-none-any'));
  const texts = new Map([
    ...extensions.map((file): [string, string] => [file, '']),
    [`${info}/INSTALLER`, 'pip\n'],
    [
      `${info}/METADATA`,
      lines([
        'Metadata-Version: 2.1',
        `Name: ${name}`,
        `Version: ${version}`,
        ...(requiresPython ? [`Requires-Python: ${requiresPython}`] : []),
      ]),
    ],
    [
      `${info}/WHEEL`,
      lines([
        'Wheel-Version: 1.0',
        'Generator: tidewatch',
        `Root-Is-Purelib: ${isPure}`,
        ...tags.map((tag) => `Tag: ${tag}`),
      ]),
    ],
  ]);
  texts.set(
    `${info}/RECORD`,
    lines([...texts.keys(), `${info}/RECORD`].map((path) => `${path},,`)),
  );
  return new Map([...texts].map(([path, text]) => [`${folder}/${path}`, { text }]));
}

/** The files of a virtual environment, as `python -m venv` makes them (PEP 405). */
export function venvFiles(venv: VenvSpec): ReadonlyMap<string, FileSpec> {
  const { path, version, home, link = `${home}/python` } = venv;
  const config = lines([
    `home = ${home}`,
    'include-system-site-packages = false',
    `version = ${version}`,
  ]);
  return new Map<string, FileSpec>([
    [`${path}/pyvenv.cfg`, { text: config }],
    [`${path}/bin/python`, { link }],
    [`${path}/bin/python3`, { link: 'python' }],
    [`${path}/bin/python${minorOf(version)}`, { link: 'python' }],
  ]);
}

/** The site-packages folder of a virtual environment. */
export function venvSite({ path, version }: VenvSpec): string {
  return `${path}/lib/python${minorOf(version)}/site-packages`;
}

function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}
