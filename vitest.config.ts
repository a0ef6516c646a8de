import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

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
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/lib/**', 'test/adapters/**', 'test/local/**', 'test/assembly/**'],
        },
      },
      { test: { name: 'stacks', include: ['test/lib/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'adapters', include: ['test/adapters/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'worlds', include: ['test/local/**/*.test.ts'], testTimeout: 240_000 } },
      {
        test: {
          name: 'assembly',
          include: ['test/assembly/**/*.test.ts'],
          globalSetup: ['test/support/synthesized-assembly.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
