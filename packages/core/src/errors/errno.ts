import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** Errors of network and local file systems that libuv, and so Node, has no words for. */
const moreReasons: Readonly<Record<string, string>> = {
  EDQUOT: 'disk quota exceeded',
  ESTALE: 'stale file handle',
};

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno).map(([name, errno]) => [errno, name]),
);

/** What an errno is called and means: `['ENOENT', 'no such file or directory']`. */
export function describeErrno(errno: number): readonly [code: string, reason: string] {
  const known = getSystemErrorMap().get(-errno);
  if (known !== undefined) return known;
  const code = names.get(errno) ?? `errno ${errno}`;
  return [code, moreReasons[code] ?? `the system reported ${code}`];
}
