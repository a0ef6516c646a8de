import { SaxesParser } from 'saxes';

/** What happens in a document, in its order. */
export interface XmlVisitor {
  /** An element begins; its attributes with their prefixes. */
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** Text of the innermost element that is open; may come in parts. */
  text(text: string): void;
  close(name: string): void;
}

/**
 * Visits a document piece by piece: what is not well-formed XML to its very end is an error.
 * Entities that a document defines are unknown, so none can grow, and nothing is loaded.
 */
export function createXmlReader(visitor: XmlVisitor): {
  /** @throws Error that says what is wrong */
  write(bytes: Uint8Array): void;
  /** @throws Error when the document is not at its end */
  end(): void;
} {
  const parser = new SaxesParser({ xmlns: false, position: false } as const);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  parser.on('opentag', ({ name, attributes }) => visitor.open(name, attributes));
  parser.on('text', (text) => visitor.text(text));
  parser.on('cdata', (text) => visitor.text(text));
  parser.on('closetag', ({ name }) => visitor.close(name));
  return {
    write: (bytes) => void parser.write(decoder.decode(bytes, { stream: true })),
    end() {
      parser.write(decoder.decode());
      parser.close();
    },
  };
}
