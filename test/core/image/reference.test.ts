import { expect, it } from 'vitest';
import {
  formatReference,
  InvalidReferenceError,
  parseReference,
} from '../../../core/image/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

it.each([
  ['cgr.dev/chainguard/python:latest', 'cgr.dev', 'chainguard/python', 'latest', undefined],
  ['127.0.0.1:5000/web', '127.0.0.1:5000', 'web', undefined, undefined],
  ['localhost/web:1', 'localhost', 'web', '1', undefined],
  ['[::1]:5000/web:1', '[::1]:5000', 'web', '1', undefined],
  [`r.test/a/b/c@${DIGEST}`, 'r.test', 'a/b/c', undefined, DIGEST],
  [`r.test/web:v1.2.3@${DIGEST}`, 'r.test', 'web', 'v1.2.3', DIGEST],
  ['r.test/a.b_c__d---e:T_1.-', 'r.test', 'a.b_c__d---e', 'T_1.-', undefined],
])('reads %s, and writes it again', (text, registry, repository, tag, digest) => {
  const reference = parseReference(text);
  expect(reference).toEqual({
    registry,
    repository,
    ...(tag && { tag }),
    ...(digest && { digest }),
  });
  expect(formatReference(reference)).toBe(text);
});

it.each([
  ['no registry', 'nginx'],
  ['a registry that would have to be guessed', 'library/nginx:1'],
  ['no repository', 'r.test/'],
  ['capitals in the repository', 'r.test/Web'],
  ['an empty tag', 'r.test/web:'],
  ['a tag that begins with a dot', 'r.test/web:.1'],
  ['a tag longer than 128', `r.test/web:${'a'.repeat(129)}`],
  ['a short digest', 'r.test/web@sha256:abc'],
  ['another algorithm', `r.test/web@sha512:${'a'.repeat(128)}`],
  ['a scheme', 'https://r.test/web'],
  ['a way out', 'r.test/../web'],
  ['a space', 'r.test/web :1'],
  ['a line end', 'r.test/web:1\n'],
  ['nothing', ''],
])('refuses %s', (_name, text) => {
  expect(() => parseReference(text)).toThrow(InvalidReferenceError);
});

it('says what it got', () => {
  expect(() => parseReference('nginx')).toThrow('invalid image reference: "nginx"');
});
