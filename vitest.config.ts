import { defineConfig } from 'vitest/config';

/** What measures resident size: it runs last, one file at a time, since a busy machine changes it. */
const memory = [
  'packages/*/test/**/memory.test.ts',
  'packages/native-walker/test/backpressure.test.ts',
  'packages/cli/test/report-extremes.test.ts',
];

export default defineConfig({
  test: {
    // Tests walk real trees and start real processes: slow machines need room, and timing decides nothing.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['packages/*/test/**/*.test.ts'],
          exclude: memory,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'memory', include: memory, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
