import * as z from 'zod';
import { keyedBy } from './keyed-by.ts';

/**
 * A path in an image: a leading slash is dropped; no empty, `.` or `..` part, so that
 * no layer holds a path that it does not mean. No part is a whiteout's name either
 * (OCI image-spec layer.md): those have their own fields.
 */
const ImagePath = z
  .string()
  .transform((path) => path.replace(/^\//, ''))
  .refine(isPlainPath, 'not a plain path');

/** What a line of a package database may hold: no space, no line end. */
const Word = z.string().regex(/^[^\s|()]+$/, 'not one word');

/** One package of an apk database. */
export interface ApkPackage {
  readonly name: string;
  readonly version: string;
  readonly origin?: string | undefined;
  readonly arch?: string | undefined;
  readonly files?: readonly string[] | undefined;
}

const ApkPackage = z.union([
  z
    .string()
    .regex(/^[^\s=|()]+=[^\s|()]+$/, 'not name=version')
    .transform((text): ApkPackage => {
      const [name = '', ...version] = text.split('=');
      return { name, version: version.join('=') };
    }),
  z.strictObject({
    name: Word,
    version: Word,
    origin: Word.optional(),
    arch: Word.optional(),
    files: z.array(ImagePath).optional(),
  }),
]);

const DpkgPackage = z.strictObject({
  name: Word,
  version: Word,
  source: Word.optional(),
  sourceVersion: Word.optional(),
  arch: Word.optional(),
  files: z.array(ImagePath).optional(),
});
export type DpkgPackage = Readonly<z.output<typeof DpkgPackage>>;

const RpmPackage = z.strictObject({
  name: Word,
  version: Word,
  release: Word,
  epoch: z.number().int().nonnegative().optional(),
  arch: Word.optional(),
  /** Name of the source package, or of its whole file (`….src.rpm`). */
  source: Word.optional(),
});
export type RpmPackage = Readonly<z.output<typeof RpmPackage>>;

const PythonPackage = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'not a project name'),
  version: Word,
  /** A site-packages folder; by default that of the layer's venv, else Debian's version-free one. */
  site: ImagePath.optional(),
  /** Compatibility tags (PEP 425). */
  tags: z.array(Word).min(1).optional(),
  requiresPython: z
    .string()
    .regex(/^[^\r\n]+$/)
    .optional(),
  /** File names below `site`. */
  extensions: z.array(ImagePath).optional(),
});
export type PythonPackage = Readonly<z.output<typeof PythonPackage>>;

const Venv = z.strictObject({
  path: ImagePath,
  /** `3.13.2`. */
  version: z.string().regex(/^\d+\.\d+(?:\.\S+)?$/, 'not a Python version'),
  /** Folder of the interpreter that made it. */
  home: z.string().min(1).default('/usr/bin'),
  /** What its `bin/python` links to; by default the unversioned `python` of `home`. */
  link: z.string().min(1).optional(),
});
export type VenvSpec = Readonly<z.output<typeof Venv>>;

/** An octal text (`"0755"`) or the number itself. */
const Mode = z.union([
  z
    .string()
    .regex(/^0?[0-7]{3,4}$/, 'not an octal mode')
    .transform((text) => Number.parseInt(text, 8)),
  z.number().int().min(0).max(0o7777),
]);

/** One file of a layer; at most one of text, base64, link and hardLink. */
export interface FileSpec {
  readonly text?: string | undefined;
  readonly base64?: string | undefined;
  /** Permission bits. */
  readonly mode?: number | undefined;
  readonly uid?: number | undefined;
  /** A symlink's text. */
  readonly link?: string | undefined;
  /** Path in the image of the file it is another name of. */
  readonly hardLink?: string | undefined;
}

const FileSpec = z.union([
  z.string().transform((text): FileSpec => ({ text })),
  z
    .strictObject({
      text: z.string().optional(),
      base64: z.base64().optional(),
      mode: Mode.optional(),
      uid: z.number().int().nonnegative().max(0o7777777).optional(),
      link: z.string().min(1).optional(),
      hardLink: ImagePath.optional(),
    })
    .refine(
      ({ text, base64, link, hardLink }) =>
        [text, base64, link, hardLink].filter((each) => each !== undefined).length <= 1,
      'more than one of text, base64, link, hardLink',
    ),
]);
/** One layer of a pushed image; every field is optional. */
export const LayerSpec = z
  .strictObject({
    osRelease: z
      .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string().regex(/^[^\r\n]*$/))
      .optional(),
    apk: z.array(ApkPackage).optional(),
    /** The database's old place, `lib/apk/db` instead of `usr/lib/apk/db`. */
    db: z.literal('lib').optional(),
    dpkg: z.array(DpkgPackage).optional(),
    dpkgStatusD: z.array(DpkgPackage).optional(),
    rpmManifest: z.array(RpmPackage).optional(),
    python: z.array(PythonPackage).optional(),
    venv: Venv.optional(),
    files: keyedBy(ImagePath, FileSpec).optional(),
    whiteout: z.array(ImagePath).optional(),
    opaque: z.array(ImagePath).optional(),
    compression: z.enum(['gzip', 'zstd', 'none']).default('gzip'),
  })
  .refine(({ db, apk }) => db === undefined || apk !== undefined, 'db without apk');
export type LayerSpec = z.output<typeof LayerSpec>;

function isPlainPath(path: string): boolean {
  return (
    !path.includes('\0') &&
    path
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && !part.startsWith('.wh.'))
  );
}
