const dot = 0x2e;

/**
 * Extension by John Dey's rule: what follows the last dot, searched from the second byte of the name
 * on; so `.bashrc` has none, `.bashrc.bak` has `bak`, `a.tar.gz` has `gz`. Directories have none.
 */
export function extensionOf(name: Buffer, isDirectory: boolean): Buffer {
  const at = isDirectory ? -1 : name.lastIndexOf(dot);
  return at < 1 ? name.subarray(0, 0) : name.subarray(at + 1);
}
