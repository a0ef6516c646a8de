import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestSpecification } from 'vitest/node';

/** Entry points are told their environment, and their tests give them others: a process for each file. */
const SHELLS = ['test/cli/**/*.test.ts', 'test/lambda/**/*.test.ts'];

/**
 * Where Node keeps what it compiled (`module.enableCompileCache`): the tests start some hundred processes that load the
 * same code, and stripping types is a good part of what each takes.
 */
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL('node_modules/.cache/tidewatch-compiled', import.meta.url),
);

/** Of each project the files that take long, the longest first: a clean checkout remembers no durations. */
const LONGEST = [
  'local/replay/sweep-world',
  'local/player/hour',
  'local/replay/published-moves',
  'local/player/push-storm',
  'local/player/each-call-fails-once',
  'local/player/bad-input',
  'local/player/guard',
  'local/player/play-world',
  'adapters/registry/debian-root',
  'assembly/worlds',
  'assembly/doctor',
  'assembly/functions',
  'cli/main',
  'adapters/registry/hostile-images',
  'adapters/registry/hostile-bytes',
  'lambda/run-night/handle',
  'actions/change-detection',
  'bench/read-words',
];

/**
 * Begins with what takes longest, so that at the end short files are left to keep every core busy. A
 * project's files follow each other: those that do not isolate share warm processes.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ project, moduleId }: TestSpecification) => {
      const place = LONGEST.findIndex((path) => moduleId.endsWith(`/test/${path}.test.ts`));
      const last = LONGEST.length;
      return this.ctx.projects.indexOf(project) * (last + 1) + (place === -1 ? last : place);
    };
    return (await super.sort(files)).toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

/** Ends the run with the one plain line that CI reads. */
const closingLine: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const count = (state: string) => states.filter((each) => each === state).length;
    // A file that does not load has no tests to fail: count it too.
    const broken =
      modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    console.log(
      `\n${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`,
    );
  },
};

export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    // Vitest leaves a core to itself: on two cores one file would run at a time.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // A process that has loaded and compiled everything is several times as fast as a new one.
    isolate: false,
    // A machine that is busy is slow: this ends what hangs, and nothing else.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // What takes longest comes first.
    projects: [
      { extends: true, test: { name: 'worlds', include: ['test/local/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'assembly',
          include: ['test/assembly/**/*.test.ts'],
          globalSetup: ['test/support/synthesized-assembly.ts'],
          isolate: true,
        },
      },
      { extends: true, test: { name: 'stacks', include: ['test/lib/**/*.test.ts'] } },
      { extends: true, test: { name: 'adapters', include: ['test/adapters/**/*.test.ts'] } },
      { extends: true, test: { name: 'shells', include: SHELLS, isolate: true } },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...SHELLS,
            'test/lib/**',
            'test/adapters/**',
            'test/local/**',
            'test/assembly/**',
          ],
        },
      },
    ],
  },
});
