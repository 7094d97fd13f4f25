import { definePlugin, type Source } from '@pwalk/core';
import { loadBinding } from './native-binding.js';
import { NativeSource, nativeUnavailable } from './native-source.js';
import { type WalkerOptions, walkerOptions } from './options.js';
import { PortableSource } from './portable-source.js';

/** The file system walker as the source of a pipeline. */
export const walker = definePlugin({
  name: 'walker',
  kind: 'source',
  pwalk: '^0.1.0',
  options: walkerOptions,
  create: createSource,
});

function createSource(options: WalkerOptions): Source {
  if (options.engine === 'portable') return new PortableSource(options);
  const binding = loadBinding();
  if (binding !== null) return new NativeSource(binding, options);
  if (options.engine === 'native') throw nativeUnavailable();
  const portable = new PortableSource(options);
  return {
    open(ctx) {
      ctx.warn(
        'The native walker cannot be loaded here; the portable one is used, which is slower.',
      );
      return portable.open(ctx);
    },
    read: (ctx) => portable.read(ctx),
    calls: () => portable.calls(),
    threads: () => portable.threads(),
    progress: () => portable.progress(),
    accounting: () => portable.accounting(),
    isPartial: () => portable.isPartial(),
  };
}
