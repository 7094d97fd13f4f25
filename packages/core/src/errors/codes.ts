/** What the command's exit status means; `docs/reference/exit-codes.md` explains each. */
export const exitCodes = {
  complete: 0,
  failed: 1,
  usage: 2,
  incomplete: 3,
  refused: 4,
  output: 5,
  resumable: 75,
  interrupted: 130,
  terminated: 143,
} as const;

interface CodeEntry {
  /** Exit status of the command when a run ends in this error. */
  readonly exitCode: number;
  /** What happened and what to do, for `docs/reference/errors.md`. */
  readonly meaning: string;
}

/**
 * Every code a `PwalkError` may carry. A code is never reused for something else;
 * a test keeps `docs/reference/errors.md` in step with this table.
 */
export const errorCodes = {
  PWALK_ROOT_MISSING: {
    exitCode: exitCodes.failed,
    meaning:
      'A root to walk does not exist or cannot be looked at. Nothing was opened or written. Check the path.',
  },
  PWALK_OPTIONS_INVALID: {
    exitCode: exitCodes.usage,
    meaning:
      "A plugin's options, or a value given to an API or a flag, do not fit. The message names the value and what is accepted.",
  },
  PWALK_PLUGIN_INVALID: {
    exitCode: exitCodes.usage,
    meaning:
      'What was given as a plugin stage is not one, lacks a method its kind needs, or a hook gave something else than its kind must: no batch, an effect that is not declared. Make it with definePlugin(), and see what the message names.',
  },
  PWALK_PLUGIN_VERSION: {
    exitCode: exitCodes.usage,
    meaning:
      'The plugin asks for another version of @pwalk/core than is running. Install a version of the plugin that fits.',
  },
  PWALK_EFFECT_NOT_ALLOWED: {
    exitCode: exitCodes.refused,
    meaning:
      'The plugin declares an effect that the pipeline does not allow. Add it to `allow` if you want it to happen.',
  },
  PWALK_PLUGIN_MISSING: {
    exitCode: exitCodes.usage,
    meaning:
      'A plugin named in a config is not built in and cannot be found from the config file, or exports no plugin of that kind. Install the package, or check the name.',
  },
  PWALK_PLUGIN_TIMEOUT: {
    exitCode: exitCodes.failed,
    meaning:
      'A hook of a plugin took longer than `timeouts` allows. `plugin` and `hook` name it; the plugin may still be at it.',
  },
  PWALK_CONFIG_MISSING: {
    exitCode: exitCodes.usage,
    meaning: 'No config was found, or the one named does not exist. Write one with `pwalk init`.',
  },
  PWALK_CONFIG_INVALID: {
    exitCode: exitCodes.usage,
    meaning:
      'A config cannot be read, or something in it does not fit. `path` is the file and `option` the place in it; several faults are listed in `problems`.',
  },
  PWALK_UNTRUSTED: {
    exitCode: exitCodes.refused,
    meaning:
      "A config or plugin file was refused because somebody else can have written it: as root, whatever is not root's alone; else, a config of another user that was found by searching.",
  },
  PWALK_PATH_REFUSED: {
    exitCode: exitCodes.refused,
    meaning:
      "The path to repair is one of the system's own directories, lies inside or above one, or goes through a symbolic link. Nothing was changed.",
  },
  PWALK_GROUP_UNKNOWN: {
    exitCode: exitCodes.refused,
    meaning:
      'A group or user that was named does not exist here. Check the spelling, or allow a number that has no name.',
  },
  PWALK_APPLY_REFUSED: {
    exitCode: exitCodes.refused,
    meaning:
      'Changes may not be made here: capabilities are missing, ids are mapped, somebody else can replace the tree, or no record can be kept. Nothing was changed.',
  },
  PWALK_PLAN_REFUSED: {
    exitCode: exitCodes.refused,
    meaning:
      "The plan is not to be trusted: edited, too old, another user's, of another tree, or no plan. Nothing was changed. Make a new one.",
  },
  PWALK_JOURNAL_REFUSED: {
    exitCode: exitCodes.refused,
    meaning:
      'The journal cannot be used: damaged, open to others, in use, or of another tree. Nothing was changed.',
  },
  PWALK_PIPELINE_INVALID: {
    exitCode: exitCodes.usage,
    meaning:
      'Several things are wrong with the pipeline; each is listed, with its own code, in `problems`.',
  },
  PWALK_SCHEMA_INVALID: {
    exitCode: exitCodes.failed,
    meaning:
      'A schema is contradictory, or a batch does not have the columns its schema promises. This is a bug in the plugin named.',
  },
  PWALK_COLUMN_MISSING: {
    exitCode: exitCodes.failed,
    meaning:
      'A stage read or declared a column that the pipeline does not have. Declare it in `capabilities.columns`, or check its spelling.',
  },
  PWALK_PLUGIN_FAILED: {
    exitCode: exitCodes.failed,
    meaning: 'A plugin threw. `plugin` and `hook` name where, `cause` is what it threw.',
  },
  PWALK_SOURCE_FAILED: {
    exitCode: exitCodes.failed,
    meaning:
      'The walk itself broke off (out of memory, no thread could be started). `cause` says why.',
  },
  PWALK_NATIVE_UNAVAILABLE: {
    exitCode: exitCodes.failed,
    meaning:
      'The native part was asked for by name and cannot be loaded here. Build it (g++), or let pwalk choose the portable one.',
  },
  PWALK_ACCOUNTING_BROKEN: {
    exitCode: exitCodes.failed,
    meaning:
      'Entries read do not equal rows, vanished and excluded entries, or not every row reached the outputs. The result cannot be trusted; please report it.',
  },
  PWALK_OUTPUT_OPEN: {
    exitCode: exitCodes.output,
    meaning:
      'An output cannot be created: the directory is missing, is not writable, or the name is taken by a directory.',
  },
  PWALK_OUTPUT_WRITE: {
    exitCode: exitCodes.output,
    meaning:
      'Writing an output failed (a full disk, a quota, an I/O error). No file is left under the final name.',
  },
  PWALK_SPILL_FAILED: {
    exitCode: exitCodes.output,
    meaning:
      'More directories were found and not read yet than fit into the memory budget, and they could not be put into the spill directory (not writable, a full disk, `spillLimit` reached). Free space there, name another directory, or give more memory. With `overflow: "spill"` also: batches cannot be put there at all, or did not come back as they were. No file is left under the final name.',
  },
  PWALK_OUTPUT_CLOSED: {
    exitCode: exitCodes.complete,
    meaning: 'The reader of a pipe went away (EPIPE). The command ends quietly.',
  },
  PWALK_RESUME_REFUSED: {
    exitCode: exitCodes.refused,
    meaning:
      'A scan cannot be gone on with: its frontier log is damaged or not there, it is running elsewhere, or a root is not what it was. Nothing was changed, and the parts that are there stay readable.',
  },
  PWALK_CANCELLED: {
    exitCode: exitCodes.failed,
    meaning:
      'The run was cancelled through its AbortSignal, or by a signal. Unfinished outputs were discarded.',
  },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
