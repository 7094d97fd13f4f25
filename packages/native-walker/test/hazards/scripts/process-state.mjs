// What a process may not lose track of, and a way to wait for it that no duration decides.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';

export const [addonPath, tree] = process.argv.slice(2);
export const loadAddon = () => createRequire(import.meta.url)(addonPath);
export const roots = [Buffer.from(tree ?? '')];

export const threadCount = () => readdirSync('/proc/self/task').length;
export const descriptorCount = () => readdirSync('/proc/self/fd').length;

/** Resolves once `condition()` holds; ends the process with 1 when it does not within 20 seconds. */
export async function until(what, condition) {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) {
      console.error(`never happened: ${what}`);
      process.exit(1);
    }
    await setImmediate();
  }
}

/** Random numbers that are the same in every run. */
export function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}
