import { expect, it } from 'vitest';
import type { Io } from '../../../cli/io.ts';
import { printFailure } from '../../../cli/print/print-error.ts';
import { ImageNotFoundError } from '../../../core/image/errors.ts';

it('tells an error that somebody foresaw in a sentence', () => {
  expect(told(new ImageNotFoundError('a/b:c: not found'))).toEqual(['tidewatch: a/b:c: not found']);
});

it('tells an error of the operating system in a sentence', () => {
  const error = Object.assign(new Error('ENOSPC: no space left'), { syscall: 'write' });
  expect(told(error)).toEqual(['tidewatch: ENOSPC: no space left']);
});

it('shows where an unforeseen error came from', () => {
  const lines = told(new TypeError('x is not a function'));

  expect(lines[0]).toBe('tidewatch: TypeError: x is not a function');
  expect(lines.slice(1).join('\n')).toContain('print-error.test.ts');
});

it('lets nothing foreign reach the terminal', () => {
  expect(told(new ImageNotFoundError('a\u001B[2J\u202Eb'))).toEqual(['tidewatch: a [2J b']);
});

function told(error: unknown): string[] {
  const lines: string[] = [];
  const io: Io = {
    print: () => undefined,
    printError: (line) => void lines.push(line),
    isTerminal: true,
    isColoured: false,
    columns: 80,
    registryEndpoints: '',
  };
  printFailure(io, error);
  return lines;
}
