import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');

/** A validator by CycloneDX's own schema, which its library brings: the errors, none for a valid document. */
export function createCycloneDxValidator(version: string): (document: unknown) => unknown[] {
  // CycloneDX's schema has keywords for people (`meta:enum`), and formats that nobody has built.
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: { 'idn-email': true, 'iri-reference': true },
  });
  addFormats.default(ajv);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    // As the others name it, which is not as it names itself.
    ajv.addSchema(readSchema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(readSchema(`bom-${version}`));
  return (document) => (validate(document) ? [] : [...(validate.errors ?? [])]);
}

function readSchema(name: string) {
  const url = new URL(`res/schema/${name}.SNAPSHOT.schema.json`, `file://${library}`);
  return JSON.parse(readFileSync(url, 'utf8'));
}
