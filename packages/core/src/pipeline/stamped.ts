import type { Hook } from '../plugin/timeouts.js';
import { type CheckedStage, callHook } from './open-stage.js';

/**
 * What a hook's iterable yields; each step is a call of the hook, with its time limit, and what it
 * throws is stamped with the plugin's name. A hook that ran out of time is not waited for.
 */
export async function* stamped<T>(
  stage: CheckedStage,
  hook: Hook,
  items: AsyncIterable<T> | Iterable<T>,
): AsyncGenerator<T> {
  const iterator = await callHook(stage, hook, () => iteratorOf(items));
  let ended = false;
  try {
    for (;;) {
      ended = true;
      const next = await callHook(stage, hook, () => iterator.next());
      if (next.done === true) return;
      ended = false;
      yield next.value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}

/** @throws TypeError when it is not one, as from a plugin whose hook returned something else */
function iteratorOf<T>(items: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  if (typeof items === 'object' && items !== null) {
    if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
    if (Symbol.iterator in items) return items[Symbol.iterator]();
  }
  throw new TypeError('it returned nothing that can be iterated');
}
