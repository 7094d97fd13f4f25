// The behaviours that CPython's own tests assert of os.walk, asserted of walk() and walkSync() in every
// way they can run. Prints one line per fact: its number, and null or what went wrong. Runs as
// whoever starts it.
//
//   os-walk-facts.mjs DIRECTORY
//
// Numbered as in the list the tests were made from. 16 to 19 are about fwalk, which hands out
// descriptors of directories; walk() has none to hand out.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { encodePath, walk, walkSync } from '../../../dist/index.js';

const [directory] = process.argv.slice(2);

/** Every way to walk. Each gives an async iterator. */
const ways = {
  'walk()': (top, options) => walk(top, options),
  'walk(), nothing read ahead': (top, options) => walk(top, { readAhead: 0, ...options }),
  'walkSync()': (top, options) => walkSync(top, options),
  'walk(), portable': (top, options) => walk(top, { engine: 'portable', ...options }),
  'walkSync(), portable': (top, options) => walkSync(top, { engine: 'portable', ...options }),
};

async function collect(steps) {
  const all = [];
  for await (const step of steps) all.push(step);
  return all;
}

const sorted = (steps) =>
  steps.map(([path, dirs, files]) => [path, dirs.toSorted(), files.toSorted()]).toSorted();

/** The tree of CPython's tests, and what a walk of it gives. */
class Tree {
  constructor() {
    this.base = mkdtempSync(join(directory, 'facts-'));
    this.top = join(this.base, 'TEST1');
    this.sub1 = join(this.top, 'SUB1');
    this.sub11 = join(this.sub1, 'SUB11');
    this.sub2 = join(this.top, 'SUB2');
    this.sub21 = join(this.sub2, 'SUB21');
    this.link = join(this.sub2, 'link');
    const other = join(this.base, 'TEST2');
    for (const path of [this.sub11, this.sub2, this.sub21, other])
      mkdirSync(path, { recursive: true });
    const files = [
      [this.top, 'tmp1'],
      [this.sub1, 'tmp2'],
      [this.sub2, 'tmp3'],
      [this.sub21, 'tmp3'],
      [other, 'tmp4'],
    ];
    for (const [at, name] of files) writeFileSync(join(at, name), 'something to read\n');
    symlinkSync(other, this.link);
    symlinkSync('broken', join(this.sub2, 'broken_link'));
    symlinkSync(join('tmp3', 'broken'), join(this.sub2, 'broken_link2'));
    symlinkSync(join('SUB21', 'tmp5'), join(this.sub2, 'broken_link3'));
    const links = ['broken_link', 'broken_link2', 'broken_link3'];
    this.sub2Step = [this.sub2, ['SUB21', 'link'], [...links, 'tmp3']];
    chmodSync(this.sub21, 0);
    this.readsAll = true;
    try {
      readdirSync(this.sub21);
    } catch {
      this.readsAll = false;
    }
    // Whoever may read everything has nothing unreadable to walk into.
    if (this.readsAll) {
      chmodSync(this.sub21, 0o755);
      rmSync(this.sub21, { recursive: true });
      this.sub2Step[1] = ['link'];
    }
    this.steps = [
      [this.top, ['SUB1', 'SUB2'], ['tmp1']],
      [this.sub1, ['SUB11'], ['tmp2']],
      [this.sub11, [], []],
      this.sub2Step,
    ];
  }

  remove() {
    if (!this.readsAll) chmodSync(this.sub21, 0o755);
    rmSync(this.base, { recursive: true });
  }
}

const descriptors = () => readdirSync('/proc/self/fd').length;

/** Waits without a duration; a condition that never holds ends in the timeout of the test. */
async function until(condition) {
  while (!condition()) await setImmediate();
}

const facts = {
  async 1(go, tree) {
    const all = await collect(go(tree.top));
    assert.deepEqual(sorted(all), sorted(tree.steps));
    const paths = all.map(([path]) => path);
    assert.equal(paths[0], tree.top);
    assert.equal(paths.indexOf(tree.sub11), paths.indexOf(tree.sub1) + 1);
    const errors = [];
    await collect(go(tree.top, { onerror: (error) => errors.push(error) }));
    const expected = tree.readsAll ? [] : [['EACCES', tree.sub21]];
    assert.deepEqual(
      errors.map(({ code, path }) => [code, path]),
      expected,
    );
  },
  async 2(go, tree) {
    const [, dirs, files] = (await collect(go(tree.top))).find(([path]) => path === tree.sub2);
    assert.ok(dirs.includes('link') && !files.includes('link'));
    assert.deepEqual(files.toSorted(), ['broken_link', 'broken_link2', 'broken_link3', 'tmp3']);
    assert.ok(!(await collect(go(tree.top))).some(([path]) => path === tree.link));
  },
  async 3(go, tree) {
    const all = [];
    for await (const step of go(tree.top)) {
      all.push(step);
      const [, dirs] = step;
      if (dirs.includes('SUB1')) dirs.splice(dirs.indexOf('SUB1'), 1);
    }
    assert.deepEqual(sorted(all), sorted([[tree.top, ['SUB2'], ['tmp1']], tree.sub2Step]));
  },
  async 4(go, tree) {
    const whole = sorted(tree.steps);
    for (const top of [
      { toString: () => tree.top },
      pathToFileURL(tree.top),
      Buffer.from(tree.top),
    ]) {
      assert.deepEqual(sorted(await collect(go(top))), whole);
    }
  },
  async 5(go, tree) {
    const all = await collect(go(tree.top, { topdown: false }));
    assert.deepEqual(sorted(all), sorted(tree.steps));
    const paths = all.map(([path]) => path);
    assert.equal(paths.at(-1), tree.top);
    assert.equal(paths.indexOf(tree.sub11), paths.indexOf(tree.sub1) - 1);
  },
  async 6(go, tree) {
    const through = [tree.link, [], ['tmp4']];
    for (const topdown of [true, false]) {
      const all = await collect(go(tree.top, { followlinks: true, topdown }));
      assert.deepEqual(sorted(all), sorted([...tree.steps, through]));
    }
  },
  async 7(go, tree) {
    assert.deepEqual(await collect(go(join(tree.sub2, 'broken_link'))), []);
  },
  async 8(go, tree) {
    const errors = [];
    const steps = go(tree.top, { onerror: (error) => errors.push(error) });
    const { value } = await steps.next();
    assert.deepEqual(errors, []);
    const renamed = join(tree.top, value[1][0]);
    renameSync(renamed, `${renamed}-new`);
    const paths = (await collect(steps)).map(([path]) => path);
    assert.ok(errors.some(({ code, path }) => code === 'ENOENT' && path === renamed));
    assert.ok(!paths.some((path) => path.startsWith(renamed)));
    assert.ok(paths.includes(join(tree.top, value[1][1])));
    renameSync(`${renamed}-new`, renamed);
  },
  async 9(go, tree) {
    for (const followlinks of [false, true]) {
      assert.deepEqual(await collect(go(join(tree.top, 'not-there'), { followlinks })), []);
    }
  },
  async 10(go, tree) {
    assert.deepEqual(await collect(go(join(tree.top, 'tmp1'))), []);
  },
  async 11(go, tree) {
    const fifo = join(tree.base, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const followlinks of [false, true]) {
      assert.deepEqual(await collect(go(fifo, { followlinks })), []);
    }
    rmSync(fifo);
  },
  async 12(go, tree) {
    const top = join(tree.base, 'with-fifo');
    mkdirSync(top);
    execFileSync('mkfifo', [join(top, 'fifo')]);
    const onerror = (error) => assert.fail(error);
    assert.deepEqual(await collect(go(top, { onerror })), [[top, [], ['fifo']]]);
    rmSync(top, { recursive: true });
  },
  async 13(go, tree) {
    const top = join(tree.base, 'with-fifo');
    mkdirSync(top);
    execFileSync('mkfifo', [join(top, 'fifo')]);
    const errors = [];
    const steps = go(top, { onerror: (error) => errors.push(error) });
    const { value } = await steps.next();
    value[1].push(...value[2].splice(0));
    assert.equal((await steps.next()).done, true);
    const [error, ...more] = errors;
    assert.deepEqual(more, []);
    const { errno, code, syscall, path } = error;
    assert.deepEqual([errno, code, syscall, path], [-20, 'ENOTDIR', 'scandir', join(top, 'fifo')]);
    assert.ok(error instanceof Error);
    rmSync(top, { recursive: true });
  },
  async 14(go, tree) {
    const base = join(tree.base, 'chain');
    const paths = [base];
    for (let level = 0; level < 30; level++) paths.push(join(paths.at(-1), 'd'));
    mkdirSync(paths.at(-1), { recursive: true });
    for (const topdown of [true, false]) {
      const walkers = Array.from({ length: 100 }, () => go(base, { topdown }));
      const open = descriptors();
      for (const path of topdown ? paths : paths.toReversed()) {
        const dirs = path === paths.at(-1) ? [] : ['d'];
        for (const walker of walkers)
          assert.deepEqual((await walker.next()).value, [path, dirs, []]);
        await until(() => descriptors() <= open + 1); // one for the look at them
      }
      for (const walker of walkers) assert.equal((await walker.next()).done, true);
    }
    rmSync(base, { recursive: true });
  },
  async 15(go, tree) {
    const base = join(tree.base, 'deep');
    let deepest = base;
    for (let level = 0; level < 50; level++) deepest = join(deepest, 'd');
    mkdirSync(deepest, { recursive: true });
    for (const name of ['a', 'b']) mkdirSync(join(base, name));
    const steps = go(base);
    const [[top, dirs]] = [(await steps.next()).value];
    assert.equal(top, base);
    assert.deepEqual(dirs.toSorted(), ['a', 'b', 'd']);
    const expected = dirs.flatMap((name) => {
      if (name !== 'd') return [[join(base, name), [], []]];
      return Array.from({ length: 50 }, (_, at) => [
        join(base, ...Array(at + 1).fill('d')),
        at < 49 ? ['d'] : [],
        [],
      ]);
    });
    assert.deepEqual(await collect(steps), expected);
    rmSync(base, { recursive: true });
  },
  async 20(go, tree) {
    const bytes = (steps) =>
      steps.map(([path, dirs, files]) => [`${path}`, dirs.map(String), files.map(String)]);
    const all = await collect(go(Buffer.from(tree.top), { encoding: 'buffer' }));
    assert.deepEqual(sorted(bytes(all)), sorted(tree.steps));
    const pruned = [];
    for await (const step of go(tree.top, { encoding: 'buffer' })) {
      pruned.push(step);
      const at = step[1].findIndex((name) => name.equals(Buffer.from('SUB1')));
      if (at >= 0) step[1].splice(at, 1);
    }
    assert.deepEqual(
      sorted(bytes(pruned)),
      sorted([[tree.top, ['SUB2'], ['tmp1']], tree.sub2Step]),
    );

    const odd = join(tree.base, 'odd');
    mkdirSync(odd);
    const raw = Buffer.from([0xe4, 0x2d, 0xf0, 0x9f, 0x98]);
    const inner = Buffer.concat([Buffer.from(`${odd}/`), raw]);
    mkdirSync(inner);
    writeFileSync(Buffer.concat([inner, Buffer.from('/ü-'), Buffer.from([0xff])]), '');
    const text = await collect(go(odd));
    assert.deepEqual(text, [
      [odd, ['\udce4-\udcf0\udc9f\udc98'], []],
      [`${odd}/\udce4-\udcf0\udc9f\udc98`, [], ['ü-\udcff']],
    ]);
    assert.deepEqual(encodePath(text[1][0]), inner);
    const buffers = await collect(go(Buffer.from(odd), { encoding: 'buffer' }));
    assert.deepEqual(buffers[1], [
      inner,
      [],
      [Buffer.concat([Buffer.from('ü-'), Buffer.from([0xff])])],
    ]);
    rmSync(odd, { recursive: true });
  },
};

for (const [number, fact] of Object.entries(facts)) {
  let problem = null;
  for (const [way, go] of Object.entries(ways)) {
    const tree = new Tree();
    try {
      await fact(go, tree);
    } catch (error) {
      problem ??= `${way}: ${error.stack}`;
    }
    tree.remove();
  }
  console.log(JSON.stringify({ fact: Number(number), problem }));
}
rmdirSync(directory);
console.log(JSON.stringify({ uid: process.getuid(), in: basename(directory) }));
