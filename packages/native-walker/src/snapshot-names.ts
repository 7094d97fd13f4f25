/**
 * Names of the directories in which storage systems show snapshots. A directory with exactly one of
 * these names is not entered unless asked for: its contents are older copies of what the walk sees
 * anyway, often many times over. Names that vendors let administrators change are listed with the
 * default.
 */
export const snapshotNames: readonly string[] = [
  '.snapshot', // NetApp, VAST, Qumulo, Hitachi HNAS, Isilon, FlashBlade, HDFS
  '~snapshot', // NetApp and Hitachi HNAS over SMB
  '.snapshots', // IBM Storage Scale (GPFS), WEKA, snapper on btrfs
  '.Snapshot',
  '~Snapshot',
  '.snap', // CephFS
  '.zfs', // ZFS
  '.ckpt', // EMC VNX and Unity
  '#snapshot', // Synology
  '@Recently-Snapshot', // QNAP
];
