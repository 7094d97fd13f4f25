import { definePlugin, type Sink } from '@pwalk/core';
import { anyOptions } from './any-options.js';

export interface Failing {
  readonly hook: 'open' | 'write' | 'flush' | 'close';
  /** For `write`: the batch it refuses, from 0. @default 0 */
  readonly at?: number;
}

/** A sink that fails where it is told to. */
export const failingSink = definePlugin({
  name: 'failing',
  kind: 'sink',
  pwalk: '*',
  options: anyOptions<Failing>(),
  create: ({ hook, at = 0 }): Sink => {
    let written = 0;
    const fail = (here: Failing['hook']) => {
      if (hook === here) throw new Error(`told to fail in ${here}`);
    };
    return {
      open: () => fail('open'),
      write: () => {
        if (written++ === at) fail('write');
      },
      flush: () => fail('flush'),
      close: () => fail('close'),
    };
  },
});
