import { styleText } from 'node:util';

/** What text may look like; the names are Node's. */
export type Look = Parameters<typeof styleText>[0];

/** Gives text a look, or leaves it as it is where there are no colours. */
export type Paint = (look: Look, text: string) => string;

/** @param isColoured as `Io.isColoured`, which has asked the stream already */
export function createPaint(isColoured: boolean): Paint {
  return (look, text) => (isColoured ? styleText(look, text, { validateStream: false }) : text);
}
