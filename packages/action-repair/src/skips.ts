/** Why an entry that a rule would change is left as it is. */
export const skipReasons = {
  symlink: 'symbolic links are left alone',
  special: 'fifos, sockets and devices are left alone',
  mount: 'on another mount or file system than the root',
  protected: "part of pwalk's own files",
  hardlink_outside: 'hard links with a name outside the tree, or left out of this repair',
  hardlink_conflict: 'hard links whose names would get different groups',
  setid: 'set-id programs and file capabilities (see --setid)',
  acl: 'access control lists (see --acl)',
  immutable: 'immutable or append-only',
  no_group: 'no directory above has a group to take, owned by root or by the caller (see --group)',
  system_group: "the group to take is one of the system's own (see --group)",
  unknown_group: 'the group to take has no name here (see --allow-unknown-gid)',
  changed: 'changed or gone since it was read',
  path_too_long: 'paths over 64 KiB',
  outside: 'not below the root',
  already: 'was already as planned',
} as const;
export type SkipReason = keyof typeof skipReasons;
