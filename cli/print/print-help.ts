import type { Command } from '../commands/command.ts';
import { hangText, hangWords } from './wrap-text.ts';

const WIDTH = 80;

/** Everything there is, a line each. */
export function overview(commands: readonly Command[]): string[] {
  const rows = [
    ...commands.map(({ name, summary }) => [name, summary]),
    ['help [COMMAND]', 'says how a command is called'],
    ['--version', 'says which version this is'],
  ];
  const width = Math.max(...rows.map(([name = '']) => name.length));
  return [
    'usage: tidewatch COMMAND ...',
    '',
    ...rows.flatMap(([name = '', summary = '']) =>
      hangText(`  ${name.padEnd(width)}  `, summary, WIDTH),
    ),
  ];
}

/** How a command is called. */
export function commandUsage({ name, synopsis }: Command): string[] {
  // What stands in brackets stays on one line, and so does an option with its value.
  const words = synopsis.match(/\[[^\]]*\](?:\.\.\.)?|--\S+ (?:"[^"]*"|[A-Z]\S*)|\S+/g) ?? [];
  return hangWords(`usage: tidewatch ${name} `, words, WIDTH);
}

/** All about one command. */
export function commandHelp(command: Command): string[] {
  const { options, summary, status } = command;
  const width = Math.max(...options.map(([word]) => word.length));
  return [
    ...commandUsage(command),
    '',
    ...hangText('  ', `It ${summary}.`, WIDTH),
    '',
    ...options.flatMap(([word, meaning]) => hangText(`  ${word.padEnd(width)}  `, meaning, WIDTH)),
    '',
    ...hangText('  Exit status: ', status, WIDTH),
  ];
}
