import { expect, it } from 'vitest';
import { parseChallenges } from '../../../adapters/registry/parse-challenges.ts';

it.each([
  [
    'Bearer realm="https://cgr.dev/token",service="cgr.dev",scope="repository:a/b:pull,push"',
    [
      [
        'bearer',
        { realm: 'https://cgr.dev/token', service: 'cgr.dev', scope: 'repository:a/b:pull,push' },
      ],
    ],
  ],
  ['Basic realm="a \\"quoted\\" one"', [['basic', { realm: 'a "quoted" one' }]]],
  ['basic REALM=plain', [['basic', { realm: 'plain' }]]],
  [
    'Basic realm="x", Bearer realm="https://t.example", error="insufficient_scope"',
    [
      ['basic', { realm: 'x' }],
      ['bearer', { realm: 'https://t.example', error: 'insufficient_scope' }],
    ],
  ],
  [
    'Negotiate, Basic realm="x"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['', []],
  ['"', []],
])('reads %s', (header, expected) => {
  expect(
    parseChallenges(header).map(({ scheme, parameters }) => [
      scheme,
      Object.fromEntries(parameters),
    ]),
  ).toEqual(expected);
});
