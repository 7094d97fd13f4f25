import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pwalk, scratch, sql, startPwalk } from './support/pwalk.js';
import { committedParts, committedRows, partFiles } from './support/scans.js';

const here = scratch();

/** Long enough that nothing is at its end before it is stopped. */
const long = ['report', ...Array(50).fill('/usr')];
const checkpointed = [...long, '-o', 'scan', '-q', '--checkpoint'];

function run(...args: string[]) {
  return pwalk(args, { cwd: here.path });
}

/** Resolves when the part that is being written has rows in its file. */
async function untilWritten() {
  const written = () => {
    try {
      return readdirSync(here.at('scan/parts')).map(
        (name) => statSync(here.at('scan/parts', name)).size,
      );
    } catch {
      return []; // Not there yet, or renamed meanwhile.
    }
  };
  // The four bytes that a file begins with are none.
  await expect.poll(() => Math.max(0, ...written()), { timeout: 60_000 }).toBeGreaterThan(4);
}

describe('a checkpointed scan that is stopped', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGUSR1', 75],
  ] as const)('by %s commits what it has, and ends with %i', async (signal, status) => {
    const child = startPwalk([...checkpointed, '--checkpoint-interval', '1h'], here.path);
    await untilWritten();
    expect(await committedRows(here.at('scan'))).toBe(0);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([status, null]);
    expect(await committedRows(here.at('scan'))).toBeGreaterThan(0);
    // No part is there that is not committed.
    const parts = await committedParts(here.at('scan'));
    expect(partFiles(here.at('scan'))).toEqual([...parts.keys()]);
  });

  it('is not run twice at a time, ends at once when it is asked again, and is gone on with', async () => {
    const child = startPwalk([...checkpointed, '--checkpoint-interval', '100ms'], here.path);
    await expect.poll(() => committedRows(here.at('scan')), { timeout: 60_000 }).toBeGreaterThan(0);
    child.kill('SIGSTOP');
    const { status, stderr } = run('resume', 'scan');
    expect(status).toBe(4);
    expect(stderr).toContain(`is running already, as process ${child.pid} on `);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
    const rows = await committedRows(here.at('scan'));
    const parts = await committedParts(here.at('scan'));
    const resumed = startPwalk(['resume', 'scan', '-q'], here.path);
    await expect
      .poll(() => committedRows(here.at('scan')), { timeout: 60_000 })
      .toBeGreaterThan(rows);
    resumed.kill('SIGTERM');
    expect(await once(resumed, 'exit')).toEqual([143, null]);
    for (const [name, identity] of parts) {
      expect((await committedParts(here.at('scan'))).get(name)).toBe(identity);
    }
    const limited = run('resume', 'scan', '--time-limit', '300ms');
    expect(limited.status).toBe(75);
    expect(limited.stdout).toMatch(
      /stopped at the time limit: .* directories are left.*; go on with: pwalk resume scan/,
    );
  });
});

describe('a scan without checkpoints', () => {
  it('that is at its time limit publishes what it has, as incomplete', async () => {
    const { status, stdout } = run(
      ...[...long, '-o', 's.parquet', '--time-limit', '300ms', '--json'],
    );
    expect(status).toBe(3);
    const { entries, complete, stopped } = JSON.parse(stdout);
    expect([complete, stopped]).toEqual([
      false,
      { reason: 'time limit', directoriesLeft: null, resumable: false },
    ]);
    const [facts] = await sql(
      `select (select count(*) from '${here.at('s.parquet')}') as rows, decode(value) as complete from parquet_kv_metadata('${here.at('s.parquet')}') where decode(key) = 'pwalk.complete'`,
    );
    expect(facts).toEqual({ rows: String(entries), complete: 'false' });
  });
});
