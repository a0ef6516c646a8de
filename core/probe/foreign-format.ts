import type { FileFacts } from '../image/file-facts.ts';

/** Where a PE file says at which offset its own header is (Microsoft, "PE Format", "MS-DOS Stub"). */
const PE_OFFSET_AT = 0x3c;
const PE = 'PE\0\0';

/** Magic and version 1 (WebAssembly Core Specification, "Modules"). */
const WASM = '\0asm\x01\0\0\0';

/** What a file's beginning says that it is: a program or library of Windows or .NET, a module of WebAssembly. */
export function foreignFormat(head: Buffer): FileFacts['foreign'] {
  if (head.toString('latin1', 0, WASM.length) === WASM) return 'wasm';
  if (head.toString('latin1', 0, 2) !== 'MZ' || head.length < PE_OFFSET_AT + 4) return undefined;
  const at = head.readUInt32LE(PE_OFFSET_AT);
  return head.toString('latin1', at, at + PE.length) === PE ? 'pe' : undefined;
}
