import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';

/** Bytes that most file systems let a name have. */
const LONGEST_NAME = 255;

/** The name, beside its place, that an output has until it is whole. Of a long name it has the beginning. */
export function temporaryName(path: string): string {
  const ending = `.pwalk-${randomBytes(6).toString('hex')}`;
  let name = basename(path);
  while (Buffer.byteLength(`.${name}${ending}`) > LONGEST_NAME) name = name.slice(0, -1);
  return join(dirname(path), `.${name}${ending}`);
}
