import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type FileHandle, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { CORE_VERSION, escapeText, type FileIdentity, PwalkError } from '@pwalk/core';
import type { Change } from './change.js';
import { nameToJson } from './journal-record.js';
import { createPrivateFile } from './private-file.js';
import { type AuditEvent, type SystemLog, systemLog } from './system-log.js';

const auditPurpose = { what: 'The audit log', code: 'PWALK_APPLY_REFUSED' } as const;

/** Changes that go to the system's log one by one; after that it gets the sum, and the file the rest. */
const MOST_IN_SYSTEM_LOG = 1000;

export interface AuditOptions {
  /** A file to create. */
  readonly path: string;
  readonly run: string;
  /** Hash of the plan that is applied, null where there is none. */
  readonly plan: string | null;
  readonly root: Uint8Array;
}

/**
 * Who changed what: a line of JSON per change in a file of the run, and the same in the system's log
 * where there is one. Each line carries the hash of the one before it, so that none can be taken out or
 * altered unseen.
 */
export class AuditLog {
  readonly identity: FileIdentity | null;
  readonly #file: FileHandle | null;
  readonly #system: SystemLog | null;
  readonly #who: Record<string, unknown>;
  readonly #root: string;
  readonly #path: string | null;
  #text = '';
  #hash = '0'.repeat(64);
  #events = 0;

  private constructor(
    file: FileHandle | null,
    identity: FileIdentity | null,
    system: SystemLog | null,
    options: AuditOptions,
  ) {
    this.#file = file;
    this.identity = identity;
    this.#system = system;
    this.#root = escapeText(options.root);
    this.#path = file === null ? null : options.path;
    this.#who = {
      run: options.run,
      plan: options.plan,
      pid: process.pid,
      euid: process.geteuid?.() ?? null,
      auid: loginUid(),
      sudoUser: process.env.SUDO_USER ?? null,
      host: hostname(),
      pwalk: CORE_VERSION,
    };
  }

  /**
   * Opens the file and, where there is one, the system's log, which is only the second copy.
   * @throws PwalkError `PWALK_APPLY_REFUSED` when the file cannot be created: nothing may be changed unseen
   */
  static async open(options: AuditOptions): Promise<AuditLog> {
    let file: FileHandle;
    try {
      file = await createPrivateFile(options.path, auditPurpose);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PwalkError(
        'PWALK_APPLY_REFUSED',
        `Nothing is changed without a record: ${reason}`,
        { cause: error },
      );
    }
    const status = await file.stat({ bigint: true });
    const identity = { dev: status.dev, inode: status.ino };
    const system = systemLog(options.run);
    const log = new AuditLog(file, identity, system, options);
    try {
      await log.#event('begin', { root: nameToJson(Buffer.from(options.root)) });
    } catch (error) {
      await log.discard();
      throw error;
    }
    return log;
  }

  /** Notes what came of one change. */
  changed(change: Change, action: 'change' | 'undo'): void {
    const { path, status, errno } = change;
    const fields = {
      status,
      ...(errno === 0 ? {} : { errno: getSystemErrorMap().get(-errno)?.[0] ?? String(errno) }),
      path: nameToJson(path),
      dev: String(change.dev),
      inode: String(change.inode),
      old: { uid: change.uid, gid: change.gid, mode: octal(change.permissions) },
      new: { uid: change.newUid, gid: change.newGid, mode: octal(change.newMode) },
    };
    this.#line(action, fields);
    if (++this.#events > MOST_IN_SYSTEM_LOG) return;
    this.#tell({
      action,
      status,
      path: escapeText(path),
      dev: String(change.dev),
      inode: String(change.inode),
      old: `${change.uid}:${change.gid} ${octal(change.permissions)}`,
      new: `${change.newUid}:${change.newGid} ${octal(change.newMode)}`,
    });
  }

  /** Makes what was noted durable. */
  async commit(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (this.#file === null || text === '') return;
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    } catch (cause) {
      throw new PwalkError(
        'PWALK_OUTPUT_WRITE',
        `The audit log cannot be written, so nothing more is changed: ${cause instanceof Error ? cause.message : String(cause)}.`,
        { cause },
      );
    }
  }

  /** Closes and removes the log of a run that changed nothing. */
  async discard(): Promise<void> {
    await this.#file?.close();
    if (this.#path !== null) await rm(this.#path, { force: true });
  }

  /** Ends the log with the sums. */
  async close(sums: Readonly<Record<string, number>>): Promise<void> {
    try {
      await this.#event('end', sums);
    } finally {
      await this.#file?.close();
    }
  }

  async #event(action: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    this.#line(action, fields);
    this.#tell({ action, status: action, root: this.#root, ...textOf(fields) });
    await this.commit();
  }

  #line(action: string, fields: Readonly<Record<string, unknown>>): void {
    const at = new Date().toISOString();
    const line = JSON.stringify({ at, action, ...fields, ...this.#who, previous: this.#hash });
    this.#hash = createHash('sha256').update(line).digest('hex');
    this.#text += `${line}\n`;
  }

  #tell(event: AuditEvent): void {
    this.#system?.send(event);
  }
}

function textOf(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      typeof value === 'number' ? [[key, String(value)]] : [],
    ),
  );
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** Who logged in, whatever became of the user since; null where the kernel does not say. */
function loginUid(): number | null {
  try {
    const uid = Number(readFileSync('/proc/self/loginuid', 'utf8'));
    return uid === 0xffff_ffff ? null : uid;
  } catch {
    return null;
  }
}
