import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Has a sink stand still until so many MB are on disk, and prints the process's largest resident size in MiB. */
const program = (entries: number, megabytes: number, releases: boolean) => `
  import { definePlugin, runPipeline } from '@pwalk/core';
  import { synthetic } from '@pwalk/testkit';
  let open;
  const opened = new Promise((resolve) => { open = resolve; });
  let rows = 0;
  const sink = definePlugin({
    name: 'sink', kind: 'sink', pwalk: '*',
    options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    capabilities: { columns: 'all', releases: ${releases} },
    create: () => ({ write: async (batch) => { await opened; rows += batch.length; } }),
  });
  await runPipeline({
    source: synthetic({ entries: ${entries} }),
    sinks: [sink()],
    overflow: 'spill',
    onProgress: ({ overflowBytes }) => { if (overflowBytes >= ${megabytes} * 1e6) open(); },
  });
  if (rows !== ${entries}) throw new Error('rows are missing');
  console.log(process.resourceUsage().maxRSS / 1024);
`;

function largestResidentSize(entries: number, megabytes: number, releases: boolean): number {
  const printed = execFileSync(
    process.execPath,
    ['--input-type=module', '-e', program(entries, megabytes, releases)],
    { cwd: join(import.meta.dirname, '../..'), encoding: 'utf8' },
  );
  return Number(printed);
}

test.each([true, false])(
  'memory does not grow with what is on disk; the sink releases batches: %s',
  (releases) => {
    const few = largestResidentSize(200_000, 20, releases);
    const many = largestResidentSize(2_000_000, 300, releases);
    expect(many).toBeLessThan(few + 40);
  },
);
