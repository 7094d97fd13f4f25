import type { Suite } from '../rule.js';
import { abort } from './abort.js';
import { acknowledgement } from './acknowledgement.js';
import { action } from './action.js';
import { atomicOutput } from './atomic-output.js';
import { backpressure } from './backpressure.js';
import { errors } from './errors.js';
import { filter } from './filter.js';
import { lifecycle } from './lifecycle.js';
import { options } from './options.js';
import { output } from './output.js';
import { resumable } from './resumable.js';
import { source } from './source.js';

/** In the order in which a plugin meets them. */
export const suites: readonly Suite[] = [
  options,
  lifecycle,
  source,
  filter,
  output,
  action,
  backpressure,
  acknowledgement,
  abort,
  errors,
  atomicOutput,
  resumable,
];
