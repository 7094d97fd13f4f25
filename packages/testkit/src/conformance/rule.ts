import type { Capabilities, Kind } from '@pwalk/core';
import type { Trial } from './trial.js';

/** One thing a plugin must do: a test of the kit, and a MUST of `docs/specs/component.md`. */
export interface Rule {
  /** Name of the test. */
  readonly name: string;
  readonly kinds: readonly Kind[];
  /** Left out: every plugin of the kinds. */
  readonly when?: (capabilities: Capabilities) => boolean;
  /** Throws when the plugin breaks the rule. */
  readonly test: (trial: Trial) => Promise<void>;
}

/** Rules that are about one thing. */
export interface Suite {
  readonly name: string;
  readonly rules: readonly Rule[];
}
