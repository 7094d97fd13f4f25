import { readdirSync } from 'node:fs';
import { parquet, report, runPipeline, walker } from 'pwalk';
import { describe, expect, it } from 'vitest';
import { scratch, sql } from './support/pwalk.js';

const here = scratch();

describe('report()', () => {
  it('resolves to a summary with its outputs', async () => {
    const output = here.at('s.parquet');
    const summary = await report(['/usr/share/doc'], { output });
    const [{ rows }] = await sql(`select count(*)::int as rows from '${output}'`);
    expect(summary).toMatchObject({
      complete: true,
      errors: 0,
      exitCode: 0,
      accounting: { rows },
      outputs: [{ path: output, format: 'parquet', rows }],
    });
  });

  it('rejects, and leaves nothing, when it is cancelled', async () => {
    const signal = AbortSignal.timeout(1);
    const run = report(Array(50).fill('/usr'), { output: here.at('s.parquet'), signal });
    await expect(run).rejects.toMatchObject({ name: 'PwalkError', code: 'PWALK_CANCELLED' });
    expect(readdirSync(here.path)).toEqual([]);
  });
});

it('a sink that refuses every batch gives their credits back', async () => {
  const run = runPipeline({
    source: walker({ roots: ['/usr'] }),
    sinks: [parquet({ path: '/dev/full', rowGroupRows: 4096 })],
    onError: 'skip-batch',
  });
  // The last word is the footer, which cannot be left out.
  await expect(run).rejects.toMatchObject({ code: 'PWALK_OUTPUT_WRITE', hook: 'flush' });
});
