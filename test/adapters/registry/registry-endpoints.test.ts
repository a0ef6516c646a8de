import { describe, expect, it } from 'vitest';
import {
  endpointOf,
  InvalidEndpointError,
  parseRegistryEndpoints,
} from '../../../adapters/registry/registry-endpoints.ts';

describe('parseRegistryEndpoints', () => {
  it('reads pairs of host and URL', () => {
    expect(
      parseRegistryEndpoints(
        'cgr.dev=http://127.0.0.1:5000/r/cgr.dev, docker.io=https://mirror.example',
      ),
    ).toEqual({
      'cgr.dev': 'http://127.0.0.1:5000/r/cgr.dev',
      'docker.io': 'https://mirror.example',
    });
  });

  it('reads nothing from an empty text', () => {
    expect(parseRegistryEndpoints('')).toEqual({});
  });

  it.each([
    'cgr.dev',
    'cgr.dev=',
    '=http://127.0.0.1',
    'cgr.dev=http://mirror.example',
    'cgr.dev=http://127.0.0.1.evil.example',
    'cgr.dev=ftp://127.0.0.1',
    'cgr.dev=https://user:secret@mirror.example',
    'cgr.dev=https://mirror.example/?a=b',
    'cgr.dev=https://a.example,cgr.dev=https://b.example',
    'cgr.dev/x=https://a.example',
  ])('refuses %j', (text) => {
    expect(() => parseRegistryEndpoints(text)).toThrow(InvalidEndpointError);
  });
});

describe('endpointOf', () => {
  it.each([
    ['cgr.dev', {}, 'https://cgr.dev'],
    ['docker.io', {}, 'https://registry-1.docker.io'],
    ['127.0.0.1:5000', {}, 'http://127.0.0.1:5000'],
    ['localhost:5000', {}, 'http://localhost:5000'],
    ['[::1]:5000', {}, 'http://[::1]:5000'],
    ['registry.example:5000', {}, 'https://registry.example:5000'],
    ['cgr.dev', { 'cgr.dev': 'http://127.0.0.1:1/r/cgr.dev/' }, 'http://127.0.0.1:1/r/cgr.dev'],
    ['constructor', {}, 'https://constructor'],
  ])('%s with %j is %s', (host, endpoints, expected) => {
    expect(endpointOf(host, endpoints)).toBe(expected);
  });
});
