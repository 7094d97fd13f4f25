import { definePlugin, type Field, type Filter } from '@pwalk/core';
import { anyOptions } from './any-options.js';

/** A plugin around whatever filter a test gives. */
export const anyFilter = definePlugin({
  name: 'test-filter',
  kind: 'filter',
  pwalk: '*',
  options: anyOptions<{ filter: Filter; adds?: Field[] }>(),
  capabilities: ({ adds }) => (adds === undefined ? {} : { adds }),
  create: ({ filter }) => filter,
});
