import { readFileSync } from 'node:fs';
import { parseReference } from '../../core/image/reference.ts';
import { type EmbeddedRegistry, startRegistry } from '../../local/registry/start-registry.ts';
import { type BuiltImage, buildImage } from '../../local/world/build-image.ts';
import { parseWorld } from '../../local/world/parse-world.ts';
import { PlatformSpec } from '../../local/world/platform-spec.ts';

/** The images of the bundled week in a registry that asks for no permission. */
export interface WeekRegistry {
  readonly registry: EmbeddedRegistry;
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Builds one more image from written platforms and pushes it; its reference. */
  push(name: string, platforms: Record<string, unknown>): Promise<string>;
  /** The OSV records of the week. */
  readonly records: readonly object[];
}

export async function startWeekRegistry(): Promise<WeekRegistry> {
  const registry = await startRegistry({ clock: { now: () => new Date() } });
  const host = registry.url.replace('http://', '');
  const built = new Map<string, BuiltImage>();
  const put = async (name: string, image: BuiltImage) => {
    const { repository, tag = '' } = parseReference(name);
    for (const bytes of image.blobs.values()) {
      await registry.putBlob('localhost', repository, bytes);
    }
    for (const { digest, bytes, mediaType } of image.manifests) {
      const own = digest === image.digest ? tag : null;
      await registry.putManifest('localhost', repository, own, bytes, mediaType);
    }
  };
  const events = parseWorld(readFileSync('worlds/week.ndjson'));
  for (const event of events) {
    if (event.do !== 'push') continue;
    const image = await buildImage(event.platforms, (base) => built.get(base));
    built.set(event.image, image);
    await put(event.image, image);
  }
  return {
    registry,
    host,
    records: events.flatMap((event) => (event.do === 'advise' ? [event.record] : [])),
    async push(name, platforms) {
      const specs = Object.entries(platforms).map(([platform, spec]) => [
        platform,
        PlatformSpec.parse(spec),
      ]);
      await put(`${host}/${name}`, await buildImage(Object.fromEntries(specs), () => undefined));
      return `${host}/${name}`;
    },
  };
}
