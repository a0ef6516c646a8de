import { apkExtractor } from './apk/apk-extractor.ts';
import { dpkgExtractor } from './dpkg/dpkg-extractor.ts';
import type { Extractor } from './extractor.ts';
import { goExtractor } from './go/go-extractor.ts';
import { javaExtractor } from './java/java-extractor.ts';
import { npmExtractor } from './npm/npm-extractor.ts';
import { pythonExtractor } from './python/python-extractor.ts';
import { rpmExtractor } from './rpm/rpm-extractor.ts';
import { rustExtractor } from './rust/rust-extractor.ts';

/** Every extractor of packages; all of them run over every image. */
export const EXTRACTORS: readonly Extractor[] = [
  apkExtractor,
  dpkgExtractor,
  rpmExtractor,
  pythonExtractor,
  goExtractor,
  rustExtractor,
  npmExtractor,
  javaExtractor,
];
