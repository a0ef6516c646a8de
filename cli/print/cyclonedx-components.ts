import { ComponentType } from '@cyclonedx/cyclonedx-library/Enums';
import { Component, Property, PropertyRepository } from '@cyclonedx/cyclonedx-library/Models';
import { PackageURL } from 'packageurl-js';
import type { Inventory, Package } from '../../core/inventory/inventory.ts';

/** What an image is called in a document: a registry's by its repository, one on disk by its file. */
export interface ImageName {
  /** Host with its port; `null` for an image on disk, which has neither registry nor tag. */
  readonly registry: string | null;
  readonly repository: string;
  readonly tag: string | null;
}

/** A package of the inventory, and its component. */
export interface PackageComponent {
  readonly package: Package;
  readonly component: Component;
}

/** The image itself. Its purl is of the platform that was read (purl-spec, type oci). */
export function imageComponent(name: ImageName, { digest, platform }: Inventory): Component {
  const { registry, repository, tag } = name;
  const last = repository.slice(repository.lastIndexOf('/') + 1).toLowerCase();
  const qualifiers = {
    arch: platform.split('/')[1] ?? '',
    ...(registry && { repository_url: `${registry}/${repository}` }),
    ...(tag && { tag }),
  };
  const purl = new PackageURL('oci', undefined, last, digest, qualifiers, undefined).toString();
  return new Component(ComponentType.Container, registry ? `${registry}/${repository}` : last, {
    bomRef: purl,
    purl,
    version: digest,
    properties: properties([['platform', platform]]),
  });
}

/** The distribution, without a version where it has none. */
export function distroComponent({ distro }: Inventory): Component | undefined {
  if (!distro) return undefined;
  const { id, versionId, name } = distro;
  return new Component(ComponentType.OperatingSystem, id, {
    bomRef: `os:${id}@${versionId}`,
    ...(versionId && { version: versionId }),
    ...(name && { description: name }),
  });
}

/** A component for each package. What lies at several paths is several, told apart by their paths. */
export function packageComponents({ packages, layers }: Inventory): PackageComponent[] {
  const nameOne = createNamer(packages);
  return packages.map((each) => {
    const { purl, path, name, version, type, layer } = each;
    const diffId = layer === undefined ? undefined : layers[layer]?.diffId;
    const component = new Component(
      type === 'bitnami' ? ComponentType.Platform : ComponentType.Library,
      name,
      {
        bomRef: nameOne(each),
        purl,
        version,
        properties: properties([
          ['path', path],
          ['owner', each.owner ?? undefined],
          ['layer:index', layer === undefined ? undefined : String(layer)],
          ['layer:diffId', diffId],
          ['source:name', each.source?.name],
          ['source:version', each.source?.version],
          ['ecosystem', each.ecosystem || undefined],
          ['confidence', each.confidence],
        ]),
      },
    );
    return { package: each, component };
  });
}

/** Names no two packages alike: for two of one name the library would make one up, by chance. */
function createNamer(packages: readonly Package[]): (each: Package) => string {
  const count = Map.groupBy(packages, ({ purl }) => purl);
  const given = new Set<string>();
  return ({ purl, path }) => {
    const name = count.get(purl)?.length === 1 ? purl : `${purl}#${path}`;
    let free = name;
    for (let number = 2; given.has(free); number++) free = `${name}#${number}`;
    given.add(free);
    return free;
  };
}

/**
 * Says what comes with what: the image with its distribution, its OS packages and the files that nobody
 * owns; an OS package with the packages of a language that lie in its files.
 */
export function linkComponents(image: Component, packages: readonly PackageComponent[]): void {
  const byName = Map.groupBy(
    packages.filter((each) => ['apk', 'deb', 'rpm'].includes(each.package.type)),
    (each) => each.package.name,
  );
  for (const { package: held, component } of packages) {
    const owners = held.owner === null ? [] : (byName.get(held.owner) ?? []);
    for (const owner of owners) owner.component.dependencies.add(component.bomRef);
    if (owners.length === 0) image.dependencies.add(component.bomRef);
  }
}

/** Properties under this project's name; those without a value are left out. */
export function properties(
  pairs: readonly (readonly [name: string, value: string | undefined])[],
): PropertyRepository {
  return new PropertyRepository(
    pairs.flatMap(([name, value]) =>
      value === undefined ? [] : [new Property(`tidewatch:${name}`, value)],
    ),
  );
}
