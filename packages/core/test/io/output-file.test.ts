import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputDirectory, OutputFile } from '@pwalk/core/io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pwalk-output-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('OutputFile', () => {
  it('shows nothing under its name until it is published, and leaves nothing else behind', async () => {
    const path = join(dir, 'out');
    const file = await OutputFile.open(path);
    await file.write(Buffer.from('hello '));
    await file.write(Buffer.from('world'));
    expect(existsSync(path)).toBe(false);
    expect(lstatSync(join(dir, readdirSync(dir)[0]), { bigint: true })).toMatchObject({
      dev: file.identity?.dev,
      ino: file.identity?.inode,
    });
    await file.publish();
    expect(readFileSync(path, 'utf8')).toBe('hello world');
    expect(readdirSync(dir)).toEqual(['out']);
    expect(file.bytes).toBe(11);
  });

  it('leaves an older file untouched when it is discarded', async () => {
    const path = join(dir, 'out');
    writeFileSync(path, 'old');
    const file = await OutputFile.open(path);
    await file.write(Buffer.from('new'));
    await file.discard();
    await file.discard();
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(dir)).toEqual(['out']);
  });

  it('replaces a symbolic link and never writes through it', async () => {
    const target = join(dir, 'victim');
    const path = join(dir, 'link');
    writeFileSync(target, 'precious');
    symlinkSync(target, path);
    const file = await OutputFile.open(path);
    await file.write(Buffer.from('new'));
    await file.publish();
    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(lstatSync(path).isSymbolicLink()).toBe(false);
  });

  it('writes a device in place and never replaces it', async () => {
    const file = await OutputFile.open('/dev/null');
    await file.write(Buffer.from('gone'));
    await file.publish();
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('writes a fifo in place', async () => {
    const path = join(dir, 'fifo');
    execFileSync('mkfifo', [path]);
    const reader = import('node:fs/promises').then(({ readFile }) => readFile(path, 'utf8'));
    const file = await OutputFile.open(path);
    await file.write(Buffer.from('through'));
    await file.publish();
    expect(await reader).toBe('through');
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it('waits for the reader of a fifo until it is cancelled', async () => {
    const path = join(dir, 'fifo');
    execFileSync('mkfifo', [path]);
    const abort = new AbortController();
    const opening = OutputFile.open(path, abort.signal);
    abort.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
  });

  it('goes on where a descriptor is, through any link to it, and leaves the link', async () => {
    const behind = join(dir, 'behind');
    const link = join(dir, 'stdout');
    const handle = await open(behind, 'w');
    await handle.write('first ');
    symlinkSync(`/proc/self/fd/${handle.fd}`, link);
    for (const path of [link, `/dev/fd/${handle.fd}`]) {
      const file = await OutputFile.open(path);
      await file.write(Buffer.from('through '));
      await file.publish();
    }
    await handle.close();
    expect(readFileSync(behind, 'utf8')).toBe('first through through ');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('takes a name as long as names may be', async () => {
    const long = 'é'.repeat(127);
    const file = await OutputFile.open(join(dir, long));
    await file.publish();
    const directory = await OutputDirectory.open(join(dir, `${long}1`));
    await directory.publish();
    expect(readdirSync(dir).sort()).toEqual([long, `${long}1`]);
  });

  it('refuses a descriptor that is not open', async () => {
    await expect(OutputFile.open('/dev/fd/999')).rejects.toMatchObject({
      code: 'PWALK_OUTPUT_OPEN',
      message: expect.stringContaining('bad file descriptor (EBADF)'),
    });
  });

  it('refuses a socket at once', async () => {
    const path = join(dir, 'socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    await expect(OutputFile.open(path)).rejects.toMatchObject({ code: 'PWALK_OUTPUT_OPEN' });
    server.close();
  });

  it('is no file of its own where it is a device', async () => {
    const file = await OutputFile.open('/dev/null');
    expect(file.identity).toBeNull();
    await file.discard();
  });

  it('refuses a name that ends in a slash before anything is walked', async () => {
    await expect(OutputFile.open(join(dir, 'new/'))).rejects.toThrow('it names a directory');
  });

  it('refuses a missing directory and a directory, naming them', async () => {
    const missing = OutputFile.open(join(dir, 'no', 'out'));
    await expect(missing).rejects.toMatchObject({ code: 'PWALK_OUTPUT_OPEN', exitCode: 5 });
    await expect(OutputFile.open(dir)).rejects.toThrow('it is a directory');
  });

  it('says that the disk is full', async () => {
    const file = await OutputFile.open('/dev/full');
    const writing = file.write(Buffer.alloc(10));
    await expect(writing).rejects.toMatchObject({
      code: 'PWALK_OUTPUT_WRITE',
      exitCode: 5,
      message: expect.stringContaining('free some space'),
    });
    await file.discard();
    expect(lstatSync('/dev/full').isCharacterDevice()).toBe(true);
  });
});
