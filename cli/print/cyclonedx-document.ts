import { createHash } from 'node:crypto';
import { ComponentType } from '@cyclonedx/cyclonedx-library/Enums';
import {
  Bom,
  Component,
  ComponentRepository,
  Metadata,
  Property,
  PropertyRepository,
  Tools,
  Vulnerability,
} from '@cyclonedx/cyclonedx-library/Models';
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import type { ScanResult } from '../../actions/scan-image.ts';
import { readVersion } from '../read-version.ts';
import {
  distroComponent,
  type ImageName,
  imageComponent,
  linkComponents,
  packageComponents,
  properties,
} from './cyclonedx-components.ts';
import { toVulnerabilities } from './cyclonedx-vulnerabilities.ts';
import { formatDocument } from './format-document.ts';

/**
 * What `scan --format cyclonedx` prints: the inventory as CycloneDX 1.6, and what applies to it where
 * there were advisories. The same image and the same answer give the same bytes: it bears no time, and
 * its serial number follows from what it says.
 */
export function formatCycloneDx(name: ImageName, result: ScanResult): string {
  const bom = toBom(name, result);
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  const options = { sortLists: true };
  bom.serialNumber = serialNumberOf(serializer.serialize(bom, options));
  return formatDocument(JSON.parse(serializer.serialize(bom, options)));
}

function toBom(name: ImageName, result: ScanResult): Bom {
  const { inventory, problems, isMatched } = result;
  const image = imageComponent(name, inventory);
  const packages = packageComponents(inventory);
  const distro = distroComponent(inventory);
  const components = [...(distro ? [distro] : []), ...packages.map((each) => each.component)];
  linkComponents(image, packages);
  if (distro) image.dependencies.add(distro.bomRef);
  return new Bom({
    metadata: new Metadata({
      component: image,
      tools: new Tools({
        components: new ComponentRepository([
          new Component(ComponentType.Application, 'tidewatch', { version: readVersion() }),
        ]),
      }),
      properties: new PropertyRepository([
        ...properties([['matched', String(isMatched)]]),
        // What could not be read may be a package that is missing below: said in the document itself.
        ...problems.map(
          ({ path, reason }) => new Property('tidewatch:problem', `${path}: ${reason}`),
        ),
      ]),
    }),
    components: new ComponentRepository(components),
    vulnerabilities: new Vulnerability.VulnerabilityRepository(toVulnerabilities(result, packages)),
  });
}

/** A UUID of version 8, whose bits are ours to choose (RFC 9562, section 5.8). */
function serialNumberOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const groups = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ];
  return `urn:uuid:${groups.join('-')}`;
}
