import type { WrittenEvent } from '../world/world-event.ts';
import type { LockVariant } from './lock.ts';
import { splitCommand } from './split-command.ts';

type WrittenPlatforms = Extract<WrittenEvent, { do: 'push' }>['platforms'];
type WrittenPlatform = WrittenPlatforms[string];
type WrittenLayer = WrittenPlatform['layers'][number];

/** Which packages lie together, by the first letter of their names; the rest lies in a last layer. */
const LAYER_LETTERS = ['ab', 'c', 'def', 'g', 'hijk', 'l', 'mno', 'p', 'qrs'];

/** Sub-packages with the package that Wolfi builds them from; a lock does not say. */
const ORIGINS: Readonly<Record<string, string>> = {
  'ca-certificates-bundle': 'ca-certificates',
  'glibc-locale-posix': 'glibc',
  'ld-linux': 'glibc',
  'libbz2-1': 'bzip2',
  libcrypt1: 'libxcrypt',
  libcrypto3: 'openssl',
  libexpat1: 'expat',
  libgcc: 'gcc',
  libssl3: 'openssl',
  'libstdc++': 'gcc',
  libuuid: 'util-linux',
  libzstd1: 'zstd',
  'ncurses-terminfo-base': 'ncurses',
  'py3-pip-wheel': 'py3-pip',
  'sqlite-libs': 'sqlite',
};

/** What apko writes into every image's configuration. */
const CA_BUNDLE = 'etc/ssl/certs/ca-certificates.crt';
const APKO_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin',
  SSL_CERT_FILE: `/${CA_BUNDLE}`,
};

/**
 * The image that a lock describes, one platform a variant: as apko builds it, at most ten
 * layers with a partial package database each, under one with the whole of it. Nothing but
 * packages and configuration goes in, so that the same set is the same digest.
 */
export function replayImage(variants: readonly LockVariant[]): WrittenPlatforms {
  return Object.fromEntries(
    variants.map((variant) => [`linux/${variant.arch}`, replayPlatform(variant)]),
  );
}

/** The package that one of a lock is built from. */
export function originOf(name: string): string {
  const python = /^(?<origin>python-3\.\d+)-/.exec(name)?.groups?.origin;
  return ORIGINS[name] ?? python ?? name;
}

function replayPlatform(variant: LockVariant): WrittenPlatform {
  const entrypoint = splitCommand(variant.entrypoint);
  const cmd = splitCommand(variant.cmd);
  const environment = { ...APKO_ENVIRONMENT, ...variant.environment };
  return {
    layers: [...groupPackages(variant.packages), topLayer(variant.packages, entrypoint)],
    config: {
      User: variant.runAs,
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...(entrypoint.length > 0 && { Entrypoint: entrypoint }),
      ...(cmd.length > 0 && { Cmd: cmd }),
    },
  };
}

function groupPackages(packages: readonly string[]): WrittenLayer[] {
  const groups = LAYER_LETTERS.map((letters) =>
    packages.filter((each) => letters.includes(each.charAt(0))),
  );
  const rest = packages.filter((each) => !LAYER_LETTERS.join('').includes(each.charAt(0)));
  return [...groups, rest]
    .filter((group) => group.length > 0)
    .map((group) => ({ apk: group.map(apkPackage) }));
}

function topLayer(packages: readonly string[], entrypoint: readonly string[]): WrittenLayer {
  const program = entrypoint[0]?.replace(/^\//, '');
  return {
    apk: packages.map(apkPackage),
    osRelease: {
      ID: 'chainguard',
      NAME: 'Chainguard',
      PRETTY_NAME: 'Chainguard',
      VERSION_ID: '20230214',
    },
    files: {
      'etc/passwd':
        'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532::/home/nonroot:/sbin/nologin\n',
      [CA_BUNDLE]: '# certificate authorities\n',
      ...(program && { [program]: '' }),
    },
  };
}

function apkPackage(text: string): string | { name: string; version: string; origin: string } {
  const [name = '', version = ''] = text.split('=');
  const origin = originOf(name);
  return origin === name ? text : { name, version, origin };
}
