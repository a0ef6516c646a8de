import type { FileFacts } from '../../core/image/file-facts.ts';
import { findProbe, PROBE_HEAD } from '../../core/probe/find-probe.ts';
import type { Probe, ProbedFile } from '../../core/probe/probe.ts';
import type { ScratchRoom } from './create-scratch.ts';
import type { TarSink } from './tar-reader.ts';

/** The beginning of the present file. One for all: the entries of an archive come one after the other. */
export type HeadBuffer = Buffer;

export function createHeadBuffer(): HeadBuffer {
  return Buffer.allocUnsafe(PROBE_HEAD);
}

/** Looks at a file as it streams by: its beginning says whether the rest is of interest. */
export function createProbeSink(
  file: ProbedFile,
  { head, room }: { readonly head: HeadBuffer; readonly room: ScratchRoom },
  tell: (facts: FileFacts) => void,
): TarSink {
  const length = Math.min(file.size, PROBE_HEAD);
  let filled = 0;
  let probe: Probe | undefined;
  return {
    write(piece) {
      if (filled === length) {
        probe?.write(piece);
        return;
      }
      const taken = piece.copy(head, filled, 0, Math.min(piece.length, length - filled));
      filled += taken;
      if (filled < length) return;
      const found = findProbe(file, head.subarray(0, filled), (size) => room.open(size));
      if (!found) return;
      if (!isProbe(found)) {
        tell(found);
        return;
      }
      probe = found;
      probe.write(head.subarray(0, filled));
      if (taken < piece.length) probe.write(piece.subarray(taken));
    },
    end() {
      const facts = probe?.end();
      if (facts) tell(facts);
    },
  };
}

function isProbe(found: Probe | FileFacts): found is Probe {
  return 'write' in found;
}
