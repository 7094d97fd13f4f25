/** Which file, whatever its name: st_dev and st_ino. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly inode: bigint;
}
