import { PackageURL } from 'packageurl-js';
import * as z from 'zod';
import { JUSTIFICATIONS } from './suppression.ts';
import type { VexPackage, VexProduct, VexStatement } from './vex-statement.ts';

// OpenVEX 0.2.0: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md

/** Statements of a document, at most; products and subcomponents of a statement likewise. */
const STATEMENTS_AT_MOST = 5000;
const PRODUCTS_AT_MOST = 500;

const Text = z.string().min(1).max(2000);

/** A component: its own id, or an identifier, is a purl; a hash may name an image. */
const Component = z.looseObject({
  '@id': Text.optional(),
  identifiers: z.looseObject({ purl: Text.optional() }).optional(),
  hashes: z.record(z.string(), z.string()).optional(),
});

const Product = Component.extend({
  subcomponents: z.array(Component).max(PRODUCTS_AT_MOST).optional(),
});

const Time = z.iso.datetime({ offset: true, error: 'expected a time (RFC 3339)' });

const Statement = z
  .looseObject({
    vulnerability: z.looseObject({ name: Text, aliases: z.array(Text).max(100).optional() }),
    timestamp: Time.optional(),
    products: z.array(Product).min(1, 'expected a product').max(PRODUCTS_AT_MOST),
    status: z.enum(['not_affected', 'affected', 'fixed', 'under_investigation']),
    justification: z.enum(JUSTIFICATIONS).exclude(['risk_accepted']).optional(),
    impact_statement: Text.optional(),
    action_statement: Text.optional(),
  })
  .refine(
    ({ status, justification, impact_statement: impact }) =>
      status !== 'not_affected' || justification !== undefined || impact !== undefined,
    { path: ['justification'], message: 'expected one, or an impact_statement' },
  );

const OpenVex = z.looseObject({
  '@context': z
    .string()
    .regex(
      /^https:\/\/openvex\.dev\/ns(?:\/v0\.2\.\d+)?$/,
      'expected https://openvex.dev/ns/v0.2.0',
    ),
  '@id': Text,
  author: Text,
  timestamp: Time,
  statements: z.array(Statement).max(STATEMENTS_AT_MOST),
});

/** What is wrong with a document, a line each. */
export class InvalidVexError extends Error {
  override readonly name = 'InvalidVexError';
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join('; '));
    this.errors = errors;
  }
}

/** The statements of an OpenVEX document. @throws InvalidVexError */
export function parseOpenVex(data: unknown): readonly VexStatement[] {
  const result = OpenVex.safeParse(data);
  if (!result.success) {
    throw new InvalidVexError(
      result.error.issues.map(({ path, message }) => `${path.join('.') || 'document'}: ${message}`),
    );
  }
  const { '@id': document, author, timestamp, statements } = result.data;
  const errors: string[] = [];
  const read = statements.map((statement, index): VexStatement => {
    const { vulnerability, status, justification, impact_statement: impact } = statement;
    return {
      document,
      author,
      at: new Date(statement.timestamp ?? timestamp).toISOString(),
      vulnerabilities: [vulnerability.name, ...(vulnerability.aliases ?? [])],
      products: statement.products.flatMap((product, at) => {
        const found = productOf(product);
        if (typeof found !== 'string') return [found];
        errors.push(`statements.${index}.products.${at}: ${found}`);
        return [];
      }),
      status,
      reason: [status, justification, impact].filter((each) => each !== undefined).join(': '),
    };
  });
  if (errors.length > 0) throw new InvalidVexError(errors);
  return read;
}

/** What a product is, or what is wrong with it. */
function productOf(product: z.output<typeof Product>): VexProduct | string {
  const components = (product.subcomponents ?? []).map((each) => ({ each, purl: purlOf(each) }));
  const strange = components.find(({ purl }) => !purl || purl.type === 'oci' || purl.subpath);
  if (strange) {
    return `expected a subcomponent with a package’s purl, got ${nameOf(strange.each)}`;
  }
  const packages = components.flatMap(({ purl }) => (purl ? [packageOf(purl)] : []));
  const purl = purlOf(product);
  // A part of something is less than all that we could tell it by.
  if (purl?.subpath) return `expected a purl without a path, got ${nameOf(product)}`;
  if (purl?.type === 'oci') return imageOf(product, purl, packages);
  if (purl && packages.length > 0) {
    // Nobody could say that the inner one is installed in the outer one alone.
    return `expected an image around its subcomponents, got ${nameOf(product)}`;
  }
  if (purl) return { digest: null, image: null, packages: [packageOf(purl)] };
  const digest = hashedDigest(product);
  return digest === null
    ? `expected a purl, got ${nameOf(product)}`
    : { digest, image: null, packages };
}

/** The image that a product's hash names; `null` without one. */
function hashedDigest({ hashes }: z.output<typeof Component>): string | null {
  const hash = hashes?.['sha-256'] ?? '';
  return /^[0-9a-f]{64}$/.test(hash) ? `sha256:${hash}` : null;
}

function imageOf(
  product: z.output<typeof Component>,
  { name, version, qualifiers }: PackageURL,
  packages: readonly VexPackage[],
): VexProduct | string {
  const digest = version ?? hashedDigest(product);
  if (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return `expected an image’s digest, got ${JSON.stringify(digest)}`;
  }
  const { repository_url: repository, ...others } = qualifiers ?? {};
  // A digest says all that these could add to it.
  const narrower = digest === null ? Object.keys(others).sort() : [];
  if (digest === null && product.hashes) narrower.push('hashes');
  if (narrower.length > 0) {
    return `expected a digest beside ${narrower.join(', ')}, got ${nameOf(product)}`;
  }
  // Ours are patterns, those of a document are not.
  if (`${repository}${name}`.includes('*')) {
    return `expected a repository’s name, got ${nameOf(product)}`;
  }
  return { digest, image: repository ?? `*/${name}`, packages };
}

function purlOf({ '@id': id, identifiers }: z.output<typeof Component>): PackageURL | undefined {
  const text = identifiers?.purl ?? id;
  if (!text?.startsWith('pkg:')) return undefined;
  try {
    return PackageURL.fromString(text);
  } catch {
    return undefined;
  }
}

function packageOf({ type, namespace, name, version, qualifiers }: PackageURL): VexPackage {
  return {
    type: type ?? '',
    namespace: namespace ?? null,
    name: name ?? '',
    version: version ?? null,
    qualifiers: Object.fromEntries(Object.entries(qualifiers ?? {}).sort()),
  };
}

function nameOf({ '@id': id }: z.output<typeof Component>): string {
  return id === undefined ? 'no id' : JSON.stringify(id.slice(0, 100));
}
