import type { Problem } from '../image/capture.ts';
import type { Digest } from '../image/digest.ts';
import type { Finding } from '../match/finding.ts';
import { matchesPattern } from './pattern.ts';
import type { VexStatement } from './vex-statement.ts';

/** What is attached to an image and says what is not affected, and what of it could not be read. */
export interface AttachedVex {
  readonly statements: readonly VexStatement[];
  /** `path`: the digest or tag of what was read. */
  readonly problems: readonly Problem[];
}

/** Whether a repository (`registry/repository`) is among those whose attached documents count. */
export function isTrustedRepository(trusted: readonly string[], repository: string): boolean {
  return trusted.some((pattern) => matchesPattern(pattern, repository));
}

/** What a night knows of an image that carries VEX. */
export interface CarriedVex {
  /** `registry/repository` that the image is deployed or pushed from. */
  readonly repository: string;
  readonly digest: Digest;
  readonly vex: AttachedVex;
}

/** Of what images carry: what may be said of the findings of a fleet, by repositories that are trusted. */
export function whatCounts(
  carried: readonly CarriedVex[],
  trusted: readonly string[],
  findings: readonly (readonly Pick<Finding, 'id' | 'aliases'>[])[],
): readonly VexStatement[] {
  if (carried.length === 0 || trusted.length === 0) return [];
  const ids = new Set<string>();
  for (const { id, aliases } of findings.flat()) for (const each of [id, ...aliases]) ids.add(each);
  const found = carried.flatMap(({ repository, vex }) =>
    vex.statements.filter(
      ({ attached, vulnerabilities }) =>
        isTrustedRepository(trusted, attached?.from ?? repository) &&
        vulnerabilities.some((each) => ids.has(each)),
    ),
  );
  return [...new Set(found)];
}

/** A line each: of images whose documents are not applied, and of documents that could not be read though they would count. */
export function describeCarried(
  carried: readonly CarriedVex[],
  trusted: readonly string[],
): string[] {
  const lines = carried.flatMap(({ repository, digest, vex }) => {
    const name = `${repository}@${digest}`;
    const from = ({ attached }: VexStatement) => attached?.from ?? repository;
    const foreign = vex.statements.filter((each) => !isTrustedRepository(trusted, from(each)));
    const isOurs = isTrustedRepository(trusted, repository);
    return [
      ...(foreign.length > 0 ? [`${name}: ${describeUntrusted(foreign.length)}`] : []),
      ...(isOurs ? vex.problems.map(({ path, reason }) => `${name}: ${path}: ${reason}`) : []),
    ];
  });
  return [...new Set(lines)].sort();
}

/** That nothing of what an image carries is applied. */
export function describeUntrusted(statements: number): string {
  return `the image carries VEX that is not trusted: ${statements} ${statements === 1 ? 'statement' : 'statements'}`;
}
