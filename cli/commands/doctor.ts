import { parseArgs } from 'node:util';
import { createLambdaClient } from '../../adapters/aws/create-aws-clients.ts';
import { createLambdaInvoker } from '../../adapters/aws/lambda-invoker.ts';
import { counted } from '../../core/alert/compose-alert.ts';
import { Diagnosis } from '../../core/diagnosis/check-line.ts';
import { UnusableInputError } from '../command-errors.ts';
import { examineConfiguration } from '../examine-configuration.ts';
import { DEFAULT_STACK, readInstallation } from '../installation.ts';
import type { Io } from '../io.ts';
import { oneOf } from '../one-of.ts';
import { printConfiguration, printDiagnosis } from '../print/print-diagnosis.ts';
import type { Command } from './command.ts';

/** What `cdk synth` reads where nothing else is said (bin/app.ts). */
const DEFAULT_CONFIG = 'tidewatch.config.ts';

/** Examines an installation. */
export const doctor: Command = {
  name: 'doctor',
  summary:
    'examines a deployed installation: each function tries, with its own rights, what it needs',
  synopsis: '[--stack NAME] [--config FILE] [--format lines|json]',
  options: [
    [
      '--stack',
      `the deployed stack, ${DEFAULT_STACK} by default; account, region and credentials are those of the AWS environment (AWS_PROFILE, AWS_REGION)`,
    ],
    [
      '--config',
      `what the next deployment would read, with the files of suppressions and VEX that it names; ${DEFAULT_CONFIG} by default, if it is there`,
    ],
    ['--format', 'lines for people, json for programs; lines by default'],
  ],
  status:
    '0 when everything works, 1 when a check failed, 2 when the words or the stack will not do.',
  run: examineInstallation,
};

async function examineInstallation(args: readonly string[], io: Io): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: 'string', default: DEFAULT_STACK },
      config: { type: 'string' },
      format: { type: 'string', default: 'lines' },
    },
  });
  const format = oneOf('--format', ['lines', 'json'] as const, values.format);
  const configuration = await examineConfiguration(values.config ?? DEFAULT_CONFIG);
  if (values.config !== undefined && configuration.length === 0) {
    throw new UnusableInputError(`no such file: ${values.config}`);
  }
  // Said before anything is asked that may not answer.
  if (format === 'lines' && configuration.length > 0) printConfiguration(io, configuration);
  const { Doctor } = await readInstallation(values.stack, ['Doctor']);
  const client = createLambdaClient();
  const diagnosis = Diagnosis.parse(await createLambdaInvoker(client).invoke(Doctor, {}));
  client.destroy();

  if (format === 'json') io.print(JSON.stringify({ configuration, ...diagnosis }, null, 2));
  else printDiagnosis(io, diagnosis);
  const lines = [...configuration, ...diagnosis.functions.flatMap((each) => each.lines)];
  const failures = lines.filter(({ ok }) => !ok);
  if (failures.length > 0) io.printError(`${counted(failures.length, 'check')} failed`);
  return failures.length > 0 ? 1 : 0;
}
