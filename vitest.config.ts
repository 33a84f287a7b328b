import { defineConfig } from 'vitest/config';

// A gate on a noisy machine gives a test a second try; whoever works on one sees it fail at once.
const retry = process.env.CI ? 1 : 0;

/** Tests that share one kernel, one Docker and fixed paths run one file after the other. */
const onTheHost = { retry, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 20_000,
          retry,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...onTheHost,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...onTheHost, name: 'e2e', include: ['test/e2e/**/*.test.ts'], sequence: { groupOrder: 2 } },
      },
      {
        test: {
          ...onTheHost,
          name: 'coverage',
          include: ['test/coverage/**/*.test.ts'],
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
