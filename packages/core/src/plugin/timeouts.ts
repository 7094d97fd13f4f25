/** The hooks a plugin may have whose time can be limited. */
export const hooks = [
  'create',
  'open',
  'read',
  'map',
  'write',
  'plan',
  'finish',
  'journal',
  'apply',
  'flush',
  'close',
] as const;
export type Hook = (typeof hooks)[number];

/**
 * Seconds that one call of a hook may take, by the hook's name; for `read`, from one batch to the next.
 * Where none is given there is no limit: a fifo without a reader, a full disk and a plugin that hangs
 * look the same.
 */
export type Timeouts = Readonly<Partial<Record<Hook, number>>>;
