import { createRequire } from 'node:module';
import { type FileIdentity, PwalkError } from '@pwalk/core';
import type { ScannedColumns } from './scanned-columns.js';

/** Owner, group and mode of an open entry, and which it is. */
export interface InodeStatus extends FileIdentity {
  /** Mount id, 0 on kernels before 5.8. */
  readonly mntId: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Why a directory is not taken as a root. The order is that of `Refusal` in cpp/core/tree_root.hpp. */
export const rootRefusals = [
  'none',
  'unreachable',
  'symbolic_link',
  'not_a_directory',
  'protected_directory',
  'inside_protected',
  'above_protected',
] as const;

export interface TreeDescription {
  /** An index into `rootRefusals`. */
  readonly refusal: number;
  readonly errno: number;
  /** The kernel's name of the directory, without links; empty where /proc is not to be had. */
  readonly path: Buffer;
  readonly status: InodeStatus;
  /** /proc/self/fd can be used and is procfs: without it nothing is inspected or changed. */
  readonly hasProc: boolean;
  /** The directories above, nearest first. */
  readonly ancestors: readonly InodeStatus[];
}

/** Directories that are never changed. */
export interface Protection {
  /** These and everything below them. */
  readonly trees: readonly string[];
  /** These alone. */
  readonly directories: readonly string[];
  /** Files and directories of our own; left out wherever they are met. */
  readonly own: readonly FileIdentity[];
}

/**
 * Which group a directory hands on: its own, when its owner is trusted and the group neither private,
 * root's nor bad; else that of the nearest directory above, inside the root, of which that is true.
 */
export interface Inheritance {
  readonly trustedOwners: Uint32Array;
  readonly badGroups: Uint32Array;
}

/** Nominees of a batch, the columns they are rows of, and room for their records. */
export interface InspectedMemory {
  readonly columns: ScannedColumns;
  /** The root as the scan writes it, without slashes at its end. */
  readonly root: Uint8Array;
  readonly nominees: Uint32Array;
  readonly records: Uint8Array;
}

/** A root, held open. */
export interface AddonTree {
  describe(): TreeDescription;
  /**
   * Looks at the entry of a record, by the first of its names that leads to the inode.
   * @param into gets uid, gid and mode
   * @returns false when it is not there, or on another mount, or protected
   */
  look(record: Uint8Array, into: Uint32Array): boolean;
  /** Looks at nominees (see `nominees.ts`), and makes the records of those that need one. */
  inspect(memory: InspectedMemory, threads: number, inheritance: Inheritance): Promise<void>;
  /** Makes the changes of records, and writes what came of each into it. */
  change(records: Uint8Array, threads: number): Promise<void>;
  /** Ends the jobs under way between two entries, and those to come at once. */
  stop(): void;
  /** Lets go of the root, which jobs under way keep until they end. Nothing else may be called then. */
  close(): void;
}

export interface AddonDatagram {
  /** errno of connecting. */
  error(): number;
  /** 0 or an errno; never waits. */
  send(message: Uint8Array): number;
}

export interface Addon {
  readonly Tree: new (path: Uint8Array, protection: Protection) => AddonTree;
  readonly Datagram: new (path: string) => AddonDatagram;
  /** Effective capabilities, bit n for capability n. */
  capabilities(): bigint;
  groupName(gid: number): string | null;
  groupId(name: string): number | null;
  userId(name: string): number | null;
  /** Takes the lock of an open file; false when another process has it. */
  lock(fd: number): boolean;
  recordLayout(): Readonly<Record<string, number>>;
  nomineeLayout(): Readonly<Record<string, number>>;
}

let loaded: Addon | undefined;

/** @throws PwalkError `PWALK_NATIVE_UNAVAILABLE`: without the addon there is no safe way to repair */
export function loadAddon(): Addon {
  try {
    // The one place where the addon's shape is stated; the tests hold it to that.
    loaded ??= createRequire(import.meta.url)(
      '@pwalk/action-repair/build/pwalk_repair.node',
    ) as Addon;
    return loaded;
  } catch (cause) {
    throw new PwalkError(
      'PWALK_NATIVE_UNAVAILABLE',
      'Repair needs its native part, which cannot be loaded here; it is built with g++, on Linux.',
      { cause },
    );
  }
}
