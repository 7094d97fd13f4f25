import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, linkSync, renameSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { repairing } from './support/repairing.js';
import { GROUP, image, isRoot, scratch, state, testProgram, USER } from './support/tree.js';

const here = scratch();
const own = { uid: USER, gid: USER };

/** How long the attack lasts; by hand, longer. */
const SECONDS = Number(process.env.PWALK_ATTACK_SECONDS ?? 4);

it.runIf(isRoot)(
  'H32: a user who exchanges directories, files and links all the time turns nothing outside',
  async () => {
    const churn = testProgram('churn');
    here.directory('victim', { mode: 0o755 });
    here.file('victim/shadow', { gid: 42, mode: 0o640 });
    here.file('victim/f0', { mode: 0o600 });
    here.file('victim/linked', own);
    here.directory('victim/sub', { mode: 0o700 });
    const top = here.directory('shared', { gid: GROUP, mode: 0o2775 });
    here.directory('shared/race', { uid: USER, gid: GROUP, mode: 0o2775 });
    here.directory('shared/race/d', { ...own, mode: 0o700 });
    for (const name of ['f0', 'shadow', 'linked', 'f', 'own']) {
      const place = ['f', 'own'].includes(name) ? 'shared/race' : 'shared/race/d';
      here.file(`${place}/${name}`, { ...own, mode: 0o600 });
    }
    here.directory('shared/race/d/sub', { ...own, mode: 0o700 });
    here.symlink('../../victim', 'shared/race/l', USER);
    here.symlink('../../victim/shadow', 'shared/race/fl', USER);
    // A user's own file outside, linked into the tree: its two names inside are one at a time.
    linkSync(here.at('victim/linked'), here.at('shared/race/h1'));
    const victim = () => {
      const found = state(here.at('victim'), { ctime: true });
      // The attacker's renames touch the change time of the file that has a name in the tree.
      found.set('linked', image(here.at('victim/linked')));
      return found;
    };
    const before = victim();
    const attacker = spawn(churn, [here.at('shared/race'), String(USER)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const swaps = text(attacker.stdout);
    const end = performance.now() + SECONDS * 1000;
    let runs = 0;
    let applied = 0;
    do {
      here.file(`shared/legal${runs}`, { ...own, mode: 0o600 });
      const done = await repairing(top, {
        apply: true,
        journal: here.at(`journal${runs}`),
        forceGroupWritable: true,
        setid: 'strip',
        changeGids: [42],
      });
      expect(image(here.at(`shared/legal${runs}`))).toBe(`${USER}:${GROUP} 660`);
      expect(victim()).toEqual(before);
      applied += done.applied;
      runs++;
    } while (performance.now() < end);
    attacker.stdin.end();
    await once(attacker, 'close');
    const attempts = Number(await swaps);
    expect(attempts).toBeGreaterThan(1000);
    expect(applied).toBeGreaterThanOrEqual(runs);
    // Left alone, what was contested is repaired too.
    const link = state(here.at('shared/race')).get('d/sub') === undefined;
    if (link) {
      renameSync(here.at('shared/race/l'), here.at('shared/race/x'));
    }
    chmodSync(here.at('shared/race/own'), 0o600);
    await repairing(top, { apply: true, journal: here.at('last'), forceGroupWritable: true });
    const directory = link ? 'x' : 'd';
    expect(image(here.at('shared/race', directory))).toBe(`${USER}:${GROUP} 2770`);
    expect(image(here.at('shared/race', directory, 'shadow'))).toBe(`${USER}:${GROUP} 660`);
    expect(image(here.at('shared/race/own'))).toBe(`${USER}:${GROUP} 660`);
    expect(victim()).toEqual(before);
    if (process.env.PWALK_ATTACK_SECONDS !== undefined) {
      console.log(`${attempts} exchanges, ${runs} repairs, ${applied} changes, victim unchanged`);
    }
  },
);
