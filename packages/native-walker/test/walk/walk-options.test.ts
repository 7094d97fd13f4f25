import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decodePath,
  encodePath,
  type WalkOptions,
  type WalkStep,
  walk,
  walkSync,
} from '../../src/index.js';

let top = '';
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'pwalk-options-'));
  mkdirSync(join(top, 'a', 'inner'), { recursive: true });
  writeFileSync(join(top, 'f'), '');
});
afterEach(() => rmSync(top, { recursive: true }));

async function collect(options: WalkOptions & { encoding?: 'utf8' } = {}): Promise<WalkStep[]> {
  const steps: WalkStep[] = [];
  for await (const step of walk(top, options)) steps.push(step);
  return steps;
}

/** Options as they come from JavaScript, where nothing checks their types. */
function untyped(options: Record<string, unknown>): WalkOptions {
  return options;
}

const engines = ['native', 'portable'] as const;

describe('the options of walk()', () => {
  it.each([
    [{ topdown: 1 }, 'The option topdown of walk() must be true or false, not 1.'],
    [{ topDown: true }, 'walk() has no option "topDown"; the options are topdown, onerror'],
    [{ encoding: 'latin1' }, "encoding of walk() must be 'utf8' or 'buffer', not \"latin1\"."],
    [{ maxThreads: 0 }, 'maxThreads of walk() must be an integer from 1 to 1024, not 0.'],
    [{ readAhead: -1 }, 'readAhead of walk() must be true, false or a number of directories'],
    [{ readAhead: Number.NaN }, 'not NaN'],
    [{ onerror: 'log' }, 'onerror of walk() must be a function, not "log".'],
    [{ signal: {} }, 'signal of walk() must be an AbortSignal, not a value of type object.'],
  ])('%o are refused at the call', (options, message) => {
    for (const call of [walk, walkSync]) {
      expect(() => call(top, untyped(options))).toThrow(
        expect.objectContaining({
          code: 'PWALK_OPTIONS_INVALID',
          message: expect.stringContaining(message),
        }),
      );
    }
  });

  it.each([
    [null, 'Cannot walk null; give a string, a Buffer, a file: URL or an object'],
    [7, 'Cannot walk 7;'],
    [{}, 'Cannot walk an object without toString();'],
    ['a\0b', 'Cannot walk "a\\x00b"; give a path without NUL characters.'],
    [new URL('http://example.org/x'), 'Cannot walk the URL "http://example.org/x";'],
    ['\ud800', 'give a path that can be encoded.'],
  ])('%o is refused as the top', (given, message) => {
    const cast: Parameters<typeof walk>[0] =
      Object(given) === given || typeof given === 'string'
        ? (given as string)
        : Object.create(null);
    const call = () =>
      walk(given === null || typeof given === 'number' ? (JSON.parse(`${given}`) as string) : cast);
    expect(call).toThrow(
      expect.objectContaining({
        code: 'PWALK_OPTIONS_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each(engines)(
    'ignoreSnapshots leaves snapshot directories out before the caller sees them (%s)',
    async (engine) => {
      mkdirSync(join(top, '.snapshot', 'old'), { recursive: true });
      symlinkSync('a', join(top, '.zfs'));
      writeFileSync(join(top, '.ckpt'), '');
      for (const topdown of [true, false]) {
        const all = await collect({ engine, topdown });
        const [, dirnames, filenames] = all[topdown ? 0 : all.length - 1];
        expect([dirnames, filenames.toSorted()]).toEqual([['a'], ['.ckpt', 'f']]);
        expect(all).toHaveLength(3);
        const kept = await collect({ engine, topdown, ignoreSnapshots: false });
        expect(kept).toHaveLength(5);
        expect(kept[topdown ? 0 : 4][1].toSorted()).toEqual(['.snapshot', '.zfs', 'a']);
      }
    },
  );

  it.each(engines)(
    'a name that no directory can have is refused where the walk gets to it (%s)',
    async (engine) => {
      for (const name of ['a\0b', 7, null, '\ud800']) {
        const steps = walk(top, { engine });
        const { value } = await steps.next();
        if (value) (value[1] as unknown[]).push(name);
        await expect(
          (async () => {
            for await (const [,] of steps);
          })(),
        ).rejects.toMatchObject({ code: 'PWALK_OPTIONS_INVALID' });
      }
    },
  );

  it.each(engines)('a signal ends it (%s)', async (engine) => {
    const controller = new AbortController();
    const steps = walk(top, { engine, signal: controller.signal });
    await steps.next();
    controller.abort();
    await expect(steps.next()).rejects.toMatchObject({ code: 'PWALK_CANCELLED' });
    expect(() => walkSync(top, { engine, signal: controller.signal }).next()).toThrow(
      expect.objectContaining({ code: 'PWALK_CANCELLED' }),
    );
  });

  it('onProgress is told of the whole at the end', async () => {
    const reports: object[] = [];
    await collect({ onProgress: (progress) => reports.push(progress) });
    expect(reports.at(-1)).toEqual({ directories: 3, entries: 3, errors: 0 });
  });

  it('what onerror throws ends the walk', async () => {
    const onerror = () => {
      throw new TypeError('mine');
    };
    const steps = walk(join(top, 'not-there'), { onerror });
    await expect(steps.next()).rejects.toThrow('mine');
    expect(await steps.next()).toEqual({ value: undefined, done: true });
  });
});

describe('paths as text', () => {
  it('decodes and encodes every pair of bytes without loss, alone and in a row', () => {
    const long: Buffer[] = [];
    for (let first = 1; first < 256; first++) {
      for (let second = 1; second < 256; second++) {
        const bytes = Buffer.of(first, second);
        long.push(bytes);
        if (!encodePath(decodePath(bytes)).equals(bytes)) expect([first, second]).toBeNull();
      }
    }
    const all = Buffer.concat(long);
    expect(encodePath(decodePath(all)).equals(all)).toBe(true);
  });
  it('refuses text that stands for no bytes', () => {
    expect(() => encodePath('a\ud800')).toThrow('U+D800 stands for no byte of a path');
  });
});
