import { parseArgs } from 'node:util';
import type { ExplainRequest } from '../../actions/explain/explained.ts';
import { explainFinding } from '../../actions/explain-finding.ts';
import { UsageError } from '../command-errors.ts';
import type { Io } from '../io.ts';
import { oneOf } from '../one-of.ts';
import { STORE_MEANINGS, STORE_OPTIONS, type StoreWords, withStores } from '../open-stores.ts';
import type { CommandOf } from '../print/print-explanation.ts';
import { checkQuestion, printAnswer, quoted } from '../print-answer.ts';
import type { Command } from './command.ts';

interface Request extends ExplainRequest {
  readonly format: 'text' | 'json';
  readonly stores: StoreWords;
}

/** Says why something is a finding, or why it is none. */
export const explain: Command = {
  name: 'explain',
  summary: 'says why a package has a vulnerability or has not, where it is and what ends it',
  synopsis:
    'FINDING [--package NAME|PURL] [--image REFERENCE|DIGEST] [--workload NAME] [--format text|json] [--stack NAME | --state DIR]',
  options: [
    [
      'FINDING',
      'an id of the vulnerability as alerts and the report name it (CVE-…, GHSA-…), or any other of its ids; the key of a finding (finding|ID|PURL). A package (name or purl), a check (shell) or the thread of an alert is answered with what is found',
    ],
    ['--package', 'of this package alone: its name, its source package, or a purl'],
    [
      '--image',
      'in this image alone: a reference, a repository (the end of it is enough) or a digest (its beginning is enough); a watched tag',
    ],
    ['--workload', 'in what this workload runs alone (ecs/prod/api; the end of it is enough)'],
    ['--format', 'text for people, json for programs; text by default'],
    ...STORE_MEANINGS,
  ],
  status:
    '0 when it could be said, finding or not; 2 when the words are not valid, or there is no such installation, image or workload, or nothing of that name.',
  run: tellWhy,
};

async function tellWhy(args: readonly string[], io: Io): Promise<number> {
  const { stores: words, format, ...request } = readArguments(args);
  return withStores(words, async (stores) => {
    const answer = await explainFinding(stores, request);
    return printAnswer(io, answer, format === 'json', commandOf(request, words));
  });
}

function readArguments(args: readonly string[]): Request {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...STORE_OPTIONS,
      package: { type: 'string' },
      image: { type: 'string' },
      workload: { type: 'string' },
      format: { type: 'string', default: 'text' },
    },
  });
  const [finding, ...more] = positionals;
  if (!finding || more.length > 0) throw new UsageError('expected one FINDING');
  const { package: named, image, workload, format, ...stores } = values;
  for (const [word, value] of Object.entries({ package: named, image, workload })) {
    if (value === '') throw new UsageError(`expected something after --${word}`);
  }
  checkQuestion(finding, named);
  return {
    finding,
    package: named ?? null,
    image: image ?? null,
    workload: workload ?? null,
    format: oneOf('--format', ['text', 'json'] as const, format),
    stores,
  };
}

/** A question that comes next, as a shell takes it. */
function commandOf(
  { finding, package: asked, image, workload }: ExplainRequest,
  { state, stack }: StoreWords,
): CommandOf {
  return ({ finding: other = finding, package: named = asked }) => {
    const words = Object.entries({ package: named, image, workload, state, stack });
    const said = words.flatMap(([word, value]) => (value ? [`--${word}`, quoted(value)] : []));
    return ['npx tidewatch explain', quoted(other), ...said].join(' ');
  };
}
