import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { command, scratch, sql } from './support/pwalk.js';

const isRoot = process.getuid?.() === 0;
const here = scratch();

// What only a mount has: an inode beyond 2^62 (overlayfs, xino), the largest size, times beyond microseconds.
const mounts = `
  mount -t tmpfs none mounts
  mkdir mounts/files mounts/lower mounts/upper mounts/work mounts/merged
  truncate -s 9223372036854775807 mounts/files/largest
  touch -d @4611686018427387904 mounts/files/latest
  touch -d @-4611686018427387904 mounts/files/earliest
  touch -d @-1.5 mounts/files/negative
  mkdir other
  mount -t tmpfs -o inode64 none other
  mkdir other/up other/work
  touch mounts/lower/low
  mount -t overlay -o xino=on,lowerdir=mounts/lower,upperdir=other/up,workdir=other/work none mounts/merged
`;

it.runIf(isRoot)(
  'H25: inodes, sizes and times at the ends of their ranges, in every format',
  async () => {
    mkdirSync(here.at('tree/mounts'), { recursive: true });
    const report = [process.execPath, command, 'report', here.at('tree'), '--json'];
    const outputs = ['s.parquet', 's.csv'].flatMap((name) => ['-o', here.at(name)]);
    const script = `set -e; cd ${here.at('tree')};${mounts}
    "$@" && stat -c '%i %n' mounts/merged/low > ${here.at('inode')}`;
    const { stdout, stderr, status } = spawnSync(
      'unshare',
      ['-m', 'sh', '-c', script, 'sh', ...report, ...outputs],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [inode = ''] = readFileSync(here.at('inode'), 'utf8').split(' ');
    expect(BigInt(inode) > 2n ** 62n).toBe(true);
    // Apparent bytes as digits: a number of JavaScript would have lost the last.
    expect(stdout).toContain('"bytes":9223372036854775807');
    expect(JSON.parse(stdout)).toMatchObject({ complete: true, clampedTimes: 4 });
    for (const file of [
      `read_parquet('${here.at('s.parquet')}')`,
      `read_csv('${here.at('s.csv')}', all_varchar = true)`,
    ]) {
      const [row] = await sql(`select
      (select inode::varchar from ${file} where path like '%/merged/low') as inode,
      (select size::varchar from ${file} where name = 'largest') as size`);
      expect(row).toEqual({ inode, size: '9223372036854775807' });
    }
    const times =
      await sql(`select name, epoch_us(mtime)::varchar as us from '${here.at('s.parquet')}'
    where name in ('earliest', 'latest', 'negative') order by name`);
    expect(times.find(({ name }) => name === 'negative')).toEqual({
      name: 'negative',
      us: '-1500000',
    });
  },
);
