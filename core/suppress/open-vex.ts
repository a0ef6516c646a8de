import { PackageURL } from 'packageurl-js';
import * as z from 'zod';
import { JUSTIFICATIONS } from './suppression.ts';
import type { Attachment, VexPackage, VexProduct, VexStatement } from './vex-statement.ts';

// OpenVEX 0.2.0: https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md

/** Bytes of a document, at most. */
export const DOCUMENT_LIMIT = 1024 * 1024;

/** Statements of a document, at most; products and subcomponents of a statement likewise. */
const STATEMENTS_AT_MOST = 5000;
const PRODUCTS_AT_MOST = 500;

const Text = z.string().min(1).max(2000);

/** A component: its own id, or an identifier, is a purl; a hash may name an image. Labels of hashes: appendix A. */
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
    // Of a document that is attached to an image, the image is what is not said.
    products: z.array(Product).min(1, 'expected a product').max(PRODUCTS_AT_MOST).optional(),
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

/**
 * The statements of an OpenVEX document. What is `attached` to an image is about that image where it
 * names no product (OpenVEX, "Inheritance Flow"), and names it by its name alone: an image is copied from
 * one registry to another with what is attached to it.
 *
 * @throws InvalidVexError
 */
export function parseOpenVex(data: unknown, attached?: Attachment): readonly VexStatement[] {
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
      products: productsOf(statement.products, `statements.${index}.products`, attached, errors),
      status,
      reason: [status, justification, impact].filter((each) => each !== undefined).join(': '),
      ...(attached && { attached }),
    };
  });
  if (errors.length > 0) throw new InvalidVexError(errors);
  return read;
}

/** What a statement is about; adds to `errors` what is wrong with it. */
function productsOf(
  products: readonly z.output<typeof Product>[] | undefined,
  where: string,
  attached: Attachment | undefined,
  errors: string[],
): VexProduct[] {
  if (!products && !attached) errors.push(`${where}: expected a product`);
  if (!products) return [{ digest: null, image: null, packages: [] }];
  return products.flatMap((product, at) => {
    const found = productOf(product, attached !== undefined);
    if (typeof found !== 'string') return [found];
    errors.push(`${where}.${at}: ${found}`);
    return [];
  });
}

/** What a product is, or what is wrong with it. */
function productOf(product: z.output<typeof Product>, isAttached: boolean): VexProduct | string {
  const components = (product.subcomponents ?? []).map((each) => ({ each, purl: purlOf(each) }));
  const strange = components.find(({ purl }) => !purl || purl.type === 'oci' || purl.subpath);
  if (strange) {
    return `expected a subcomponent with a package’s purl, got ${nameOf(strange.each)}`;
  }
  const packages = components.flatMap(({ purl }) => (purl ? [packageOf(purl)] : []));
  const purl = purlOf(product);
  const hashed = hashedPackage(product, purl);
  if (hashed) return `expected a package without hashes, got ${nameOf(hashed)}`;
  // A part of something is less than all that we could tell it by.
  if (purl?.subpath) return `expected a purl without a path, got ${nameOf(product)}`;
  if (purl?.type === 'oci') return imageOf(product, purl, packages, isAttached);
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

/** One build of a package is less than the package, and nobody knows the hash of what is installed. */
function hashedPackage(
  product: z.output<typeof Product>,
  purl: PackageURL | undefined,
): z.output<typeof Component> | undefined {
  const isPackage = purl !== undefined && purl.type !== 'oci';
  return [...(isPackage ? [product] : []), ...(product.subcomponents ?? [])].find(hasHashes);
}

function hasHashes({ hashes = {} }: z.output<typeof Component>): boolean {
  return Object.keys(hashes).length > 0;
}

/** The image that a product's hash names, in whatever case; `null` without one. */
function hashedDigest({ hashes }: z.output<typeof Component>): string | null {
  const hash = hashes?.['sha-256']?.toLowerCase() ?? '';
  return /^[0-9a-f]{64}$/.test(hash) ? `sha256:${hash}` : null;
}

/** What is wrong with the digest by which a product names an image, and with its hash. */
function wrongDigest(
  product: z.output<typeof Component>,
  version: string | null | undefined,
): string | undefined {
  if (!version) return undefined;
  if (!/^sha256:[0-9a-f]{64}$/.test(version)) {
    return `expected an image’s digest, got ${JSON.stringify(version)}`;
  }
  const hash = product.hashes?.['sha-256'];
  return hash === undefined || hashedDigest(product) === version
    ? undefined
    : `expected the hash of ${version}, got ${JSON.stringify(hash.slice(0, 100))}`;
}

function imageOf(
  product: z.output<typeof Component>,
  { name, version, qualifiers }: PackageURL,
  packages: readonly VexPackage[],
  isAttached: boolean,
): VexProduct | string {
  const wrong = wrongDigest(product, version);
  if (wrong !== undefined) return wrong;
  const digest = version ?? hashedDigest(product);
  const { repository_url: named, ...others } = qualifiers ?? {};
  // What it is attached to is the image, whatever its registry and tags are called.
  const repository = isAttached ? undefined : named;
  if (isAttached) delete others.tag;
  // A digest says all that these could add to it.
  const narrower = digest === null ? Object.keys(others).sort() : [];
  if (digest === null && hasHashes(product)) narrower.push('hashes');
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
