import { inflateSync } from 'node:zlib';
import * as z from 'zod';

/** cargo-auditable advises to refuse more. */
const UNPACKED_LIMIT = 8 * 1024 * 1024;
/** Of one program; the largest known have some 1,500. */
const CRATE_LIMIT = 5000;

/** https://github.com/rust-secure-code/cargo-auditable, cargo-auditable.schema.json. */
const Audit = z.object({
  packages: z
    .array(
      z.object({
        name: z.string().regex(/^[\w-]{1,64}$/),
        version: z.string().regex(/^[\w.+-]{1,256}$/),
        source: z.string(),
        kind: z.enum(['build', 'runtime']).default('runtime'),
      }),
    )
    .max(CRATE_LIMIT),
});

/** A crate that is in a program. */
export interface Crate {
  readonly name: string;
  readonly version: string;
}

/**
 * The crates of crates.io that a `.dep-v0` section lists (base64 of JSON packed by zlib), without those
 * that ran only while it was built; what is wrong with it as a text.
 */
export function parseAudit(section: string): {
  readonly crates: readonly Crate[] | string;
  /** Bytes that it took; of one that did not end, as many as one may. */
  readonly unpacked: number;
} {
  let unpacked = UNPACKED_LIMIT;
  try {
    const bytes = inflateSync(Buffer.from(section, 'base64'), { maxOutputLength: UNPACKED_LIMIT });
    unpacked = bytes.length;
    return { crates: readCrates(JSON.parse(bytes.toString('utf8'))), unpacked };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { crates: `its list of crates cannot be unpacked: ${reason}`, unpacked };
  }
}

function readCrates(json: unknown): readonly Crate[] | string {
  const audit = Audit.safeParse(json);
  if (!audit.success) return 'its list of crates is none';
  return audit.data.packages
    .filter(({ source, kind }) => source === 'crates.io' && kind === 'runtime')
    .map(({ name, version }) => ({ name, version }));
}
