import { constants, type FileHandle, open } from 'node:fs/promises';
import { hostname, constants as os } from 'node:os';
import { join } from 'node:path';
import { escapeText } from '@pwalk/core';
import { reasonOf } from '@pwalk/core/io';
import { lockFile } from '@pwalk/native-walker';
import { resumeRefused } from './failures.js';

/** Held by whoever runs a scan; the kernel takes it back when the process ends, however it does. */
export interface ScanLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a scan directory, which holds on other machines too where the file system has locks.
 * @throws PwalkError `PWALK_RESUME_REFUSED` when another process has it
 */
export async function takeLock(
  directory: string,
  onWarning: (message: string) => void,
): Promise<ScanLock> {
  const file = await open(
    join(directory, 'lock'),
    constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
    0o644,
  ).catch((error) => {
    throw resumeRefused(
      directory,
      `The scan in "${escapeText(directory)}" cannot be written: ${reasonOf(error)}.`,
    );
  });
  const errno = lockFile(file.fd);
  if (errno === os.errno.EWOULDBLOCK) {
    const holder = await holderOf(file);
    await file.close();
    throw resumeRefused(
      directory,
      `The scan in "${escapeText(directory)}" is running${holder}; wait for its end, or stop it.`,
    );
  }
  if (errno !== 0) {
    onWarning(
      `The file system of "${escapeText(directory)}" has no locks; see to it that the scan is not run twice at a time.`,
    );
  }
  // For people who look, and for the message above: the lock itself is the kernel's.
  await file.truncate(0).catch(() => {});
  await file.write(`${process.pid} ${hostname()}\n`, 0).catch(() => {});
  return { release: () => file.close() };
}

async function holderOf(file: FileHandle): Promise<string> {
  const text = await file.readFile('utf8').catch(() => '');
  const [, pid, host] = /^(\d+) (\S+)\n$/.exec(text) ?? [];
  return pid === undefined || host === undefined
    ? ' already'
    : ` already, as process ${pid} on ${escapeText(host)}`;
}
