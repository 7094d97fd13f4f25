import * as Flags from '@oclif/core/flags';

/** What a command says while it is at work. */
export const progressFlags = {
  progress: Flags.boolean({
    description: 'a line of progress, where standard error is a terminal; there when not given',
    default: true,
    allowNo: true,
  }),
};
