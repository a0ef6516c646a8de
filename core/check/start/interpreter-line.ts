/** A variable that env(1) sets before it looks for the program. */
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/**
 * The programs that a script's first line asks for (`#!` taken off), in the order in which they are
 * executed: the interpreter, and with env(1) what that is to find. Everything after the interpreter
 * is one argument (execve(2)); only `env -S` splits it.
 */
export function readInterpreterLine(line: string): string[] {
  const [, interpreter = '', argument = ''] = /^(\S+)[ \t]*(.*)$/.exec(line.trim()) ?? [];
  // A relative one depends on where the script is started: nobody writes it.
  if (!interpreter.startsWith('/')) return [];
  if (interpreter.split('/').at(-1) !== 'env') return [interpreter];
  const program = programOfEnv(argument);
  return program === undefined ? [interpreter] : [interpreter, program];
}

function programOfEnv(argument: string): string | undefined {
  const split = /^(?:-S|--split-string=?|-[iv0]*S)[ \t]*(.*)$/.exec(argument);
  if (!split) return argument === '' || argument.startsWith('-') ? undefined : argument;
  const words = (split[1] ?? '').split(/[ \t]+/).filter((word) => !ASSIGNMENT.test(word));
  const [first] = words;
  // Its options and quotes are left alone: better nothing than a name that is none.
  return first === undefined || !/^[\w./+-]+$/.test(first) || first.startsWith('-')
    ? undefined
    : first;
}
