import type { FileFacts } from '../image/file-facts.ts';
import type { Probe, ProbedFile } from '../probe/probe.ts';
import { ELF_HEAD, readElfHeader } from './elf-header.ts';
import { RangeKeeper } from './range-keeper.ts';
import { readElf } from './read-elf.ts';
import { createVersionSearch } from './version-search.ts';
import { wantedRanges } from './wanted-ranges.ts';

/** Keeps of an ELF file what says what it is, and reads that when it is over. */
export function createElfProbe({ path, size }: ProbedFile): Probe {
  const head = Buffer.alloc(Math.min(ELF_HEAD, size));
  let filled = 0;
  let keeper: RangeKeeper | undefined;
  const versions = createVersionSearch(path);
  const start = (): RangeKeeper => {
    const header = readElfHeader(head.subarray(0, filled));
    const ranges = typeof header === 'string' ? [] : wantedRanges(header, size);
    const started = new RangeKeeper(ranges, 0);
    started.write(head.subarray(0, filled));
    return started;
  };
  return {
    write(bytes) {
      versions?.write(bytes);
      const taken = bytes.copy(head, filled, 0, Math.min(bytes.length, head.length - filled));
      filled += taken;
      if (filled < head.length) return;
      keeper ??= start();
      if (taken < bytes.length) keeper.write(bytes.subarray(taken));
    },
    end(): FileFacts {
      const ranges = (keeper ?? start()).end();
      const versionTexts = versions?.end() ?? [];
      const elf = readElf(head.subarray(0, filled), ranges);
      return { elf: versionTexts.length > 0 ? { ...elf, versionTexts } : elf };
    },
  };
}
