import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export type Dice = (below: number) => number;

/** The same numbers for the same seed (xorshift). */
export function dice(seed: number): Dice {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const names = [
  'a',
  'b',
  'c',
  'dd',
  'ee',
  'long-name-of-a-directory',
  'x y',
  'ü',
  '文',
  'line\nbreak',
  '-',
];

function pick<T>(roll: Dice, from: readonly T[]): T {
  return from[roll(from.length)];
}

/** Where a link leads: into the tree, out of it, to itself, nowhere. */
function target(roll: Dice, top: string, directories: readonly string[]): string {
  switch (roll(6)) {
    case 0:
      return 'nowhere';
    case 1:
      return '.';
    case 2:
      return '../a';
    case 3:
      return join(top, '..', 'outside');
    default:
      return pick(roll, directories);
  }
}

/** Ignores what cannot be done: the tree may have changed under an earlier change. */
function attempt(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** Makes `top` with some dozens of entries, and `outside` beside it; returns its directories. */
export function randomTree(roll: Dice, top: string): string[] {
  mkdirSync(join(top, '..', 'outside', 'in'), { recursive: true });
  mkdirSync(top);
  const directories = [top];
  for (let left = 4 + roll(40); left > 0; left--) {
    const path = join(pick(roll, directories), pick(roll, names) + (roll(3) === 0 ? roll(9) : ''));
    attempt(() => {
      switch (roll(8)) {
        case 0:
          writeFileSync(path, '');
          break;
        case 1:
          writeFileSync(Buffer.concat([Buffer.from(path), Buffer.of(0xff, 0x80 + roll(60))]), '');
          break;
        case 2:
          symlinkSync(target(roll, top, directories), path);
          break;
        case 3:
          mkdirSync(Buffer.concat([Buffer.from(path), Buffer.of(0xe4)]));
          break;
        default:
          mkdirSync(path);
          directories.push(path);
      }
    });
  }
  return directories;
}

/** Changes the tree as somebody does while he walks it; `near` is where the walk may go next. */
export function changeTree(roll: Dice, near: readonly string[], all: readonly string[]): void {
  const somewhere = () => (near.length > 0 && roll(3) > 0 ? pick(roll, near) : pick(roll, all));
  const path = somewhere();
  attempt(() => {
    switch (roll(9)) {
      case 0:
        return writeFileSync(join(path, `new-file-${roll(100)}`), '');
      case 1:
        return mkdirSync(join(path, `new-dir-${roll(100)}`, 'inner'), { recursive: true });
      case 2:
        return rmSync(path, { recursive: true });
      case 3:
        return renameSync(path, `${path}-renamed`);
      case 4:
        return renameSync(path, join(somewhere(), 'moved'));
      case 5: {
        // Replaced by a link.
        renameSync(path, `${path}.real`);
        return symlinkSync(roll(2) === 0 ? `${path}.real` : pick(roll, all), path);
      }
      case 6: {
        const entry = pick(roll, readdirSync(path));
        if (entry !== undefined) rmSync(join(path, entry), { recursive: true });
        return;
      }
      case 7: {
        // Another directory under the same name.
        renameSync(path, `${path}.old`);
        mkdirSync(path);
        return writeFileSync(join(path, 'other'), '');
      }
      default:
        return chmodSync(path, pick(roll, [0o755, 0o000, 0o311]));
    }
  });
}

/** What a caller makes of `dirnames`. */
export function decide(roll: Dice, dirnames: readonly string[], all: readonly string[]): string[] {
  const names = [...dirnames];
  switch (roll(10)) {
    case 0:
      return [];
    case 1:
      return names.filter(() => roll(2) === 0);
    case 2:
      return names.reverse();
    case 3:
      return names.sort(() => roll(3) - 1);
    case 4:
      return [...names, pick(roll, ['not-there', 'a', '.', './a/', pick(roll, all)])];
    case 5:
      return names.length > 0 ? [...names, names[0]] : names;
    case 6:
      return names.sort();
    default:
      return names;
  }
}
