import type { ImageSource } from './ports.ts';

/**
 * A source that asks for each manifest, list of referrers and tag once: what is attached to an image is looked
 * at for VEX and for the rest. For one image only: what a tag points at may be another thing later.
 */
export function rememberAnswers(images: ImageSource): ImageSource {
  return {
    resolve: once(images.resolve),
    manifest: once(images.manifest),
    referrers: once(images.referrers),
    blob: (reference, descriptor) => images.blob(reference, descriptor),
    capture: (reference, layer, diffId) => images.capture(reference, layer, diffId),
  };
}

function once<Args extends readonly unknown[], Answer>(
  ask: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const known = answers.get(key) ?? ask(...args);
    answers.set(key, known);
    return known;
  };
}
