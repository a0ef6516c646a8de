/** A variable that env(1) sets before it looks for the program. */
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** Linux ends words at spaces and tabs alone: a CR is part of the last one. */
const LINE = /^[ \t]*([^ \t]+)[ \t]*(.*?)[ \t]*$/s;

/** Programs that take no option of an unknown letter; Perl passes over a CR. */
const STRICT = /^(?:sh|dash|ash|bash|busybox|ksh|zsh|python[\d.]*t?)$/;

/**
 * The programs that a script's first line asks for (`#!` taken off), in the order in which they are
 * executed: the interpreter, and with env(1) what that is to find. Everything after the interpreter
 * is one argument (execve(2)); only `env -S` splits it.
 */
export function readInterpreterLine(line: string): string[] {
  const [, interpreter = '', argument = ''] = LINE.exec(line) ?? [];
  // A relative one depends on where the script is started: nobody writes it.
  if (!interpreter.startsWith('/')) return [];
  if (interpreter.split('/').at(-1) !== 'env') return [interpreter];
  const program = programOfEnv(argument);
  return program === undefined ? [interpreter] : [interpreter, program];
}

/**
 * The option that ends in a CR, of an interpreter that ends at once for it: those of a line that ends as
 * on Windows, where the interpreter's own name is not its last word.
 */
export function brokenOption(line: string): string | undefined {
  const [, interpreter = '', argument = ''] = LINE.exec(line) ?? [];
  const isBroken =
    argument.endsWith('\r') && STRICT.test(interpreter.slice(interpreter.lastIndexOf('/') + 1));
  return isBroken ? argument : undefined;
}

function programOfEnv(argument: string): string | undefined {
  const split = /^(?:-S|--split-string=?|-[iv0]*S)\s*(.*)$/s.exec(argument);
  if (!split) return argument === '' || argument.startsWith('-') ? undefined : argument;
  // Unlike Linux it splits at a CR too.
  const words = (split[1] ?? '').split(/\s+/).filter((word) => !ASSIGNMENT.test(word));
  const [first] = words;
  // Its options and quotes are left alone: better nothing than a name that is none.
  return first === undefined || !/^[\w./+-]+$/.test(first) || first.startsWith('-')
    ? undefined
    : first;
}
