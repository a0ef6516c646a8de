import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/image/digest.ts';
import type { ApkoRun, BaseClaim } from '../../../core/inventory/base-evidence.ts';
import {
  type Descendant,
  identifyBase,
  type KnownBase,
} from '../../../core/inventory/identify-base.ts';

const PYTHON = 'cgr.dev/chainguard/python:latest';
const NODE = 'cgr.dev/chainguard/node:latest';

/** `a=1` to `j=1`: ten packages, those of `changed` in another version. */
function packages(changed = ''): string[] {
  return [...'abcdefghij'].map((name) => `apk ${name} ${changed.includes(name) ? 2 : 1} x86_64`);
}

function anApko(overrides: Partial<ApkoRun> = {}): ApkoRun {
  return {
    layers: 2,
    name: 'python',
    vendor: 'Chainguard',
    created: '2026-08-01T00:00:00Z',
    ...overrides,
  };
}

interface Facts {
  readonly layers?: readonly string[];
  readonly packages?: readonly string[];
  readonly apko?: ApkoRun | null;
  readonly claims?: readonly BaseClaim[];
}

function anImage({
  layers = ['x', 'y', 'z'],
  apko = null,
  claims = [],
  ...more
}: Facts = {}): Descendant {
  return {
    platformDigest: digestOf('image'),
    diffIds: layers,
    evidence: { apko, claims },
    osPackages: new Set(more.packages ?? []),
  };
}

/** A build of a watched tag. */
function aBuild(name: string, image: string, facts: Facts = {}): KnownBase {
  return {
    ...anImage({ layers: [`${name} 1`, `${name} 2`], ...facts }),
    platformDigest: digestOf(name),
    digest: digestOf(`index of ${name}`),
    image,
    isWatched: true,
  };
}

function claim(
  from: BaseClaim['from'],
  name: string | null,
  digest: string | null = null,
): BaseClaim {
  return { from, name, digest };
}

describe('the base of an image', () => {
  it('is the build whose layers are its lowest, whatever it says itself', () => {
    const build = aBuild('one', PYTHON, { layers: ['x', 'y'] });
    const image = anImage({ claims: [claim('labels', NODE)] });
    expect(identifyBase(image, [aBuild('two', NODE), build])).toEqual({
      method: 'layers',
      confidence: 'high',
      name: PYTHON,
      digest: build.digest,
      layers: 2,
      known: build,
    });
  });

  it.each([
    ['index', aBuild('one', PYTHON).digest],
    ['platform', aBuild('one', PYTHON).platformDigest],
  ])('is the build whose digest is annotated, of the %s', (_what, digest) => {
    const known = [aBuild('two', PYTHON), aBuild('one', PYTHON)];
    const image = anImage({ claims: [claim('manifest', null, digest)] });
    expect(identifyBase(image, known)).toMatchObject({
      method: 'annotation',
      confidence: 'medium',
      name: PYTHON,
      digest: aBuild('one', PYTHON).digest,
    });
  });

  it('is only a name where nothing says which build of a tag', () => {
    const image = anImage({ claims: [claim('labels', 'cgr.dev/chainguard/python')] });
    expect(identifyBase(image, [aBuild('one', PYTHON)])).toMatchObject({
      method: 'annotation',
      confidence: 'low',
      name: PYTHON,
      digest: null,
      known: null,
    });
  });

  it('is the build of the tag that is named whose packages it has', () => {
    const known = [
      aBuild('old', PYTHON, { packages: packages('a') }),
      aBuild('new', PYTHON, { packages: packages() }),
      aBuild('other', NODE, { packages: packages() }),
    ];
    const image = anImage({
      claims: [claim('labels', PYTHON)],
      packages: [...packages(), 'apk k 1 x86_64'],
    });
    expect(identifyBase(image, known)).toMatchObject({
      method: 'annotation',
      confidence: 'medium',
      known: { platformDigest: digestOf('new') },
    });
  });

  it('is what is claimed where nobody knows it', () => {
    const image = anImage({ claims: [claim('manifest', 'ghcr.io/a/b:1', digestOf('b'))] });
    expect(identifyBase(image, [aBuild('one', PYTHON)])).toEqual({
      method: 'annotation',
      confidence: 'medium',
      name: 'ghcr.io/a/b:1',
      digest: digestOf('b'),
      layers: null,
      known: null,
    });
  });

  it('is the only material of its provenance', () => {
    const { digest } = aBuild('one', PYTHON);
    const image = anImage({ claims: [claim('provenance', PYTHON, digest)] });
    expect(identifyBase(image, [aBuild('one', PYTHON)])).toMatchObject({
      method: 'provenance',
      confidence: 'medium',
      digest,
    });
  });

  it('is of several materials the one whose packages it has, and no guess where it has those of none', () => {
    const known = [
      aBuild('builder', `${PYTHON}-dev`, { packages: packages('abcdef') }),
      aBuild('runtime', PYTHON, { packages: packages() }),
    ];
    const claims = known.map(({ image, digest }) => claim('provenance', image, digest));
    expect(identifyBase(anImage({ claims, packages: packages() }), known)).toMatchObject({
      method: 'provenance',
      confidence: 'low',
      known: { image: PYTHON },
    });
    expect(identifyBase(anImage({ claims }), known)).toBeUndefined();
  });

  it('is the apko image of that name and time, below layers of another builder', () => {
    const known = [
      aBuild('old', PYTHON, { apko: anApko({ created: '2026-07-01T00:00:00Z' }) }),
      aBuild('new', PYTHON, { apko: anApko() }),
      aBuild('other', NODE, { apko: anApko({ name: 'node' }) }),
    ];
    expect(identifyBase(anImage({ apko: anApko() }), known)).toMatchObject({
      method: 'history',
      confidence: 'medium',
      layers: 2,
      known: { platformDigest: digestOf('new') },
    });
  });

  it('is an apko image by its name alone where no build of that time is known', () => {
    const known = [aBuild('old', PYTHON, { apko: anApko({ created: null }) })];
    const found = { method: 'history', confidence: 'low', layers: 2, digest: null, known: null };
    expect(identifyBase(anImage({ apko: anApko() }), known)).toEqual({ ...found, name: PYTHON });
    expect(identifyBase(anImage({ apko: anApko() }), [])).toEqual({
      ...found,
      name: 'python by Chainguard',
    });
  });

  it('is none of an image that is all apko’s', () => {
    expect(identifyBase(anImage({ apko: anApko({ layers: 3 }) }), [])).toBeUndefined();
  });

  it('is the build whose packages are there, the more of them the better', () => {
    const known = [
      aBuild('part', 'gcr.io/distroless/static:latest', { packages: packages().slice(0, 5) }),
      aBuild('whole', PYTHON, { packages: packages() }),
    ];
    const image = anImage({ packages: [...packages(), 'apk k 1 x86_64'] });
    expect(identifyBase(image, known)).toMatchObject({
      method: 'packages',
      confidence: 'medium',
      layers: null,
      known: { image: PYTHON },
    });
  });

  it.each([
    ['nine of ten packages', packages('a'), 'low'],
    ['eight of ten packages', packages('ab'), undefined],
  ])('with %s in its version is %s', (_what, own, confidence) => {
    const known = [aBuild('one', PYTHON, { packages: packages() })];
    expect(identifyBase(anImage({ packages: own }), known)?.confidence).toBe(confidence);
  });

  it.each([
    ['has too few packages', aBuild('one', PYTHON, { packages: packages().slice(0, 4) })],
    ['is ours', { ...aBuild('one', PYTHON, { packages: packages() }), isWatched: false }],
    [
      'is the image itself',
      { ...aBuild('one', PYTHON, { packages: packages() }), platformDigest: digestOf('image') },
    ],
  ])('is not found by the packages of what %s', (_what, known) => {
    expect(identifyBase(anImage({ packages: packages() }), [known])).toBeUndefined();
  });

  it('is found without evidence, as inventories of before have none', () => {
    const image = { ...anImage({ packages: packages() }), evidence: undefined };
    const known = [{ ...aBuild('one', PYTHON, { packages: packages() }), evidence: undefined }];
    expect(identifyBase(image, known)).toMatchObject({ method: 'packages' });
  });
});
