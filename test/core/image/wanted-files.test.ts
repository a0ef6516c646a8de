import { expect, it } from 'vitest';
import { isWanted } from '../../../core/image/wanted-files.ts';

it.each([
  'usr/lib/python3.14/build-details.json',
  'usr/lib64/python3.14/build-details.json',
  'usr/local/include/python3.10/patchlevel.h',
  'usr/lib/python3.14t/_sysconfigdata_t_linux_x86_64-linux-gnu.py',
  'usr/local/include/node/node_version.h',
  'opt/java/openjdk/release',
  'usr/lib/jvm/java-21-openjdk/release',
  'opt/jdk-21.0.5/release',
  'usr/lib/jvm/java-8-openjdk-amd64/jre/release',
  'var/lang/release',
  'usr/local/go/VERSION',
  'usr/share/go-1.24/VERSION',
  'usr/lib/golang/VERSION',
])('%s is kept: it says which runtime lies there', (path) => {
  expect(isWanted(path)).toBe(true);
});

it.each([
  'usr/lib/python3.14/os.py',
  'app/release',
  'etc/VERSION',
  'srv/cargo/VERSION',
  'app/node_modules/a/node_version.h',
])('%s is not', (path) => {
  expect(isWanted(path)).toBe(false);
});

it('keeps what unpacked archives of Java say they are', () => {
  expect(isWanted('app/META-INF/maven/org.example/core/pom.properties')).toBe(true);
  expect(isWanted('app/META-INF/maven/org.example/core/pom.xml')).toBe(false);
});
