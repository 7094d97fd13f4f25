import * as Flags from '@oclif/core/flags';

/** What a command says about its run when it is over. */
export const summaryFlags = {
  json: Flags.boolean({ description: 'print the summary as one JSON object' }),
  quiet: Flags.boolean({ char: 'q', description: 'print nothing but errors' }),
};
