import type { Assembly, Template } from './read-assembly.ts';

/** An assembly whose template was changed; the original stays what it is. */
export function mutate(assembly: Assembly, change: (template: Template) => void): Assembly {
  const template = structuredClone(assembly.template);
  change(template);
  return { ...assembly, template };
}

/** The one resource of a type whose logical id has this part. @throws for none or several */
export function resourceOf(template: Template, type: string, part: string): string {
  const found = Object.entries(template.Resources).filter(
    ([id, { Type }]) => Type === type && id.includes(part),
  );
  const [id] = found[0] ?? [];
  if (id === undefined || found.length > 1) {
    throw new Error(`${found.length} resources of ${type} with ${JSON.stringify(part)}`);
  }
  return id;
}

/** Everything of a type, by logical id. */
export function resourcesOf(
  template: Template,
  type: string,
): [string, Template['Resources'][string]][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
}
