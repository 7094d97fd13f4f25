import { tmpdir } from 'node:os';
import { fullEntrySchema } from 'pwalk';
import { describe, expect, it } from 'vitest';
import { project } from './support/project.js';
import { pwalk, scratch } from './support/pwalk.js';

const here = scratch();

const config = `
import { definePlugin, where } from 'pwalk';
import { z } from 'zod';
const touch = definePlugin({ name: 'touch', kind: 'action', pwalk: '*', options: z.undefined(),
  capabilities: { columns: ['path'], effects: ['fs:chmod'] },
  create: () => { throw new Error('created'); } });
export default { pipelines: { nightly: { description: 'what is large', roots: ['/nowhere'],
  filters: [where('size > 1GiB')], sinks: [{ use: 'csv', options: { path: 'x.csv', columns: ['path', 'uid'] } }],
  actions: [touch()], allow: ['fs:chmod'], failOnMatch: true, memory: '64MiB' } } };`;

describe('pwalk explain of a configured pipeline', () => {
  it('shows stages, columns, calls, effects and settings, and creates none but the source', () => {
    project(here.path, { 'c.mjs': config });
    const ended = pwalk(['explain', '-c', 'c.mjs', 'nightly'], {
      cwd: here.path,
      env: { ...process.env, PWALK_THREADS: '2' },
    });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(ended.stdout.replace(here.path, '')).toBe(
      `pipeline nightly of /c.mjs: what is large
walks /nowhere

source walker#1
  ─► filter where#1: reads size
    ─► sink csv#1: reads path, uid
    ─► action touch#1: reads path; may fs:chmod

columns asked of walker#1, 3 of ${fullEntrySchema.fields.length}:
  path, uid, size
system calls:
  for each entry:     statx
  for each directory: openat, fstat, 2 getdents64, close
threads: 2
memory: 64.0 MiB beyond what Node takes
  directories that wait: 8.0 MiB, and beyond that 10.0 GiB on disk, in "${tmpdir()}"

allowed: fs:chmod
status 4 when an entry comes through the filters
`,
    );
  });

  it('says the same as JSON, refuses what run refuses, and takes no flags of a report', () => {
    project(here.path, { 'c.mjs': config });
    const explain = (...args: string[]) =>
      pwalk(['explain', '-c', 'c.mjs', ...args], { cwd: here.path });
    expect(JSON.parse(explain('nightly', '/other', '--json').stdout)).toMatchObject({
      pipeline: 'nightly',
      roots: ['/other'],
      memory: 67108864,
      columns: ['path', 'uid', 'size'],
    });
    expect(explain('other')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has no pipeline "other"; name one of nightly'),
    });
    expect(explain('nightly', '--threads', '2')).toMatchObject({ status: 2, stdout: '' });
  });

  it('takes a name for one of the config that is found, unless it is there as a path', () => {
    project(here.path, { 'c.mjs': config, 'tree/file': '' });
    process.env.PWALK_CONFIG = here.at('c.mjs');
    const explain = (...args: string[]) => pwalk(['explain', ...args], { cwd: here.path }).stdout;
    try {
      expect(explain('nightly', 'tree')).toMatch(/^pipeline nightly of .*\nwalks tree\n/);
      const report = /^source walker#1\n {2}─► sink parquet#1: reads /;
      expect(explain('tree')).toMatch(report);
      expect(explain('./nightly')).toMatch(report);
      expect(explain('nightly', '--columns', 'path')).toMatch(report);
    } finally {
      delete process.env.PWALK_CONFIG;
    }
    const { status, stderr } = pwalk(['explain', 'treee'], { cwd: here.at('tree') });
    expect(stderr).toMatch(
      /^pwalk: "treee" is not there to be walked, .*: There is no pwalk\.config\./,
    );
    expect(status).toBe(2);
  });
});
