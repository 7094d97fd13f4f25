import type { Capabilities, Stage } from '@pwalk/core';
import type { Rule, Suite } from './rule.js';
import { suites } from './suites/index.js';
import { type Subject, Trial } from './trial.js';

/** The part of a test runner that the kit needs: vitest, jest and node:test have it. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => Promise<void>) => void;
}

/**
 * Registers the tests that a plugin of the stage's kind and capabilities has to pass.
 *
 * ```ts
 * import { describe, it } from 'vitest';
 * conformance({ describe, it, stage: (directory) => mySink({ path: `${directory}/out` }) });
 * ```
 */
export function conformance({ describe, it, ...subject }: Runner & Subject): void {
  const trial = new Trial(subject);
  const { kind, name } = trial.stage;
  const capabilities = declared(trial.stage);
  trial.remove();
  describe(`${kind} "${name}"`, () => {
    for (const { name: suite, rules } of suites) {
      const own = rules.filter((rule) => concerns(rule, kind, capabilities));
      if (own.length === 0) continue;
      describe(suite, () => {
        for (const rule of own) it(rule.name, () => apply(rule, subject));
      });
    }
  });
}

/** How a plugin did with one rule. */
export interface Verdict {
  readonly suite: string;
  readonly rule: string;
  /** Null when it keeps the rule. */
  readonly fault: string | null;
}

/**
 * Tries the rules that concern the stage, without a test runner.
 * @param wanted which of them; all when not given
 */
export async function checkConformance(
  subject: Subject,
  wanted: (rule: Rule) => boolean = () => true,
): Promise<Verdict[]> {
  const trial = new Trial(subject);
  const { kind } = trial.stage;
  const capabilities = declared(trial.stage);
  trial.remove();
  const verdicts: Verdict[] = [];
  for (const { name: suite, rules } of suites) {
    for (const rule of rules) {
      if (!concerns(rule, kind, capabilities) || !wanted(rule)) continue;
      const fault = await apply(rule, subject).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      verdicts.push({ suite, rule: rule.name, fault });
    }
  }
  return verdicts;
}

/** Every rule there is, with the suite it belongs to. */
export function rules(): readonly (Rule & { readonly suite: string })[] {
  return suites.flatMap((suite: Suite) =>
    suite.rules.map((rule) => ({ ...rule, suite: suite.name })),
  );
}

async function apply(rule: Rule, subject: Subject): Promise<void> {
  const trial = new Trial(subject);
  try {
    await rule.test(trial);
  } finally {
    trial.remove();
  }
}

function concerns(rule: Rule, kind: Stage['kind'], capabilities: Capabilities | null): boolean {
  if (!rule.kinds.includes(kind)) return false;
  // Where the schema answers only later, the rules that hang on capabilities are tried.
  return rule.when === undefined || capabilities === null || rule.when(capabilities);
}

/** What the stage declares with its options; null where that cannot be known at once. */
function declared({ plugin, options }: Stage): Capabilities | null {
  try {
    const result = plugin.options['~standard'].validate(options);
    if (result instanceof Promise || result.issues !== undefined) return null;
    return plugin.capabilities(result.value);
  } catch {
    return null;
  }
}
