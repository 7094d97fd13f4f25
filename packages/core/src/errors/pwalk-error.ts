import { escapeMessage } from '../text/escape.js';
import { type ErrorCode, errorCodes } from './codes.js';

/** Where an error came from, and what else is known of it. */
export interface PwalkErrorDetails {
  /** Name of the plugin whose code or output failed. */
  readonly plugin?: string;
  /** The method the engine was calling. */
  readonly hook?: string;
  /** The file the error is about. Never escaped: escape it before printing. */
  readonly path?: string;
  /** Where in the config it was found, as `sinks[0].options.path`. */
  readonly option?: string;
  /** Lines to print below the message: a text the user gave, and a mark at the place it is about. */
  readonly excerpt?: readonly string[];
  readonly cause?: unknown;
  /** Everything that was wrong, when several things were found at once. */
  readonly problems?: readonly PwalkError[];
}

/**
 * The one error type of batch and pipeline failures. Failures of single entries are rows, not errors.
 * The message is one sentence that names the value and the remedy, and is safe to print whatever went
 * into it.
 */
export class PwalkError extends Error {
  override readonly name = 'PwalkError';
  readonly code: ErrorCode;
  readonly plugin: string | undefined;
  readonly hook: string | undefined;
  readonly path: string | undefined;
  readonly option: string | undefined;
  readonly excerpt: readonly string[];
  readonly problems: readonly PwalkError[];

  constructor(code: ErrorCode, message: string, details: PwalkErrorDetails = {}) {
    super(
      escapeMessage(message),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.plugin = details.plugin;
    this.hook = details.hook;
    this.path = details.path;
    this.option = details.option;
    this.excerpt = (details.excerpt ?? []).map(escapeMessage);
    this.problems = details.problems ?? [];
  }

  /** Exit status of the command when a run ends in this error. */
  get exitCode(): number {
    return errorCodes[this.code].exitCode;
  }

  /**
   * Stamps a plugin's failure with its name and hook. A `PwalkError` keeps its code;
   * anything else becomes `PWALK_PLUGIN_FAILED` with the original as `cause`.
   */
  static from(error: unknown, plugin: string, hook: string): PwalkError {
    if (error instanceof PwalkError) {
      if (error.plugin !== undefined) return error;
      return new PwalkError(error.code, error.message, {
        plugin,
        hook,
        cause: error.cause,
        problems: error.problems,
        excerpt: error.excerpt,
        ...(error.path === undefined ? {} : { path: error.path }),
        ...(error.option === undefined ? {} : { option: error.option }),
      });
    }
    const reason = error instanceof Error ? error.message : String(error);
    return new PwalkError(
      'PWALK_PLUGIN_FAILED',
      `Plugin "${plugin}" failed in ${hook}(): ${reason}`,
      {
        plugin,
        hook,
        cause: error,
      },
    );
  }
}
