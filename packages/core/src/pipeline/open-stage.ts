import { PwalkError } from '../errors/pwalk-error.js';
import type { Capabilities } from '../plugin/capabilities.js';
import type { Closable, MaybePromise, Outcome } from '../plugin/outcome.js';
import type { Kind, Kinds, Stage } from '../plugin/plugin.js';
import type { Hook, Timeouts } from '../plugin/timeouts.js';

/** A stage of a pipeline that has been checked: its plugin, its checked options, what it declares. */
export interface CheckedStage<K extends Kind = Kind> {
  /** Unique in the pipeline, as `parquet#1`. */
  readonly id: string;
  readonly stage: Stage<K>;
  readonly options: unknown;
  readonly capabilities: Capabilities;
  readonly timeouts: Timeouts;
}

/** A stage that has been created, ready to be called. */
export interface LiveStage<K extends Kind = Kind> extends CheckedStage<K> {
  readonly instance: Kinds[K];
}

/**
 * Runs a plugin's hook; what it throws is stamped with the plugin's name and the hook.
 * @throws PwalkError, `PWALK_PLUGIN_TIMEOUT` when there is a limit and the hook takes longer; it may
 * still be at work then
 */
export async function callHook<T>(
  { stage, timeouts }: CheckedStage,
  hook: Hook,
  body: () => MaybePromise<T>,
): Promise<T> {
  const limit = timeouts[hook];
  try {
    return limit === undefined ? await body() : await within(limit, stage.name, hook, body);
  } catch (error) {
    throw PwalkError.from(error, stage.name, hook);
  }
}

/** What a stage answers at once; what it throws is stamped with its name. */
export function told<T>({ stage }: CheckedStage, hook: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw PwalkError.from(error, stage.name, hook);
  }
}

function within<T>(
  seconds: number,
  plugin: string,
  hook: Hook,
  body: () => MaybePromise<T>,
): Promise<T> {
  return new Promise((done, failed) => {
    const late = () =>
      failed(
        new PwalkError(
          'PWALK_PLUGIN_TIMEOUT',
          `Plugin "${plugin}" took longer than ${seconds} s in ${hook}(); give it more with \`timeouts: { ${hook}: … }\`, or mend the plugin.`,
          { plugin, hook },
        ),
      );
    const timer = setTimeout(late, seconds * 1000);
    // In a promise's then, so that a hook that throws at once rejects, too.
    Promise.resolve()
      .then(body)
      .then(done, failed)
      .finally(() => clearTimeout(timer));
  });
}

/** Creates the stage's instance. @throws PwalkError `PWALK_PLUGIN_INVALID` when a method is missing */
export async function createStage<K extends Kind>(checked: CheckedStage<K>): Promise<LiveStage<K>> {
  const { stage } = checked;
  const instance = await callHook(checked, 'create', () => stage.plugin.create(checked.options));
  const missing = missingMethod(stage.kind, instance);
  if (missing !== null) {
    throw new PwalkError(
      'PWALK_PLUGIN_INVALID',
      `Plugin "${stage.name}" is a ${stage.kind} without ${missing}(); its create() must return an object that has it.`,
      { plugin: stage.name, hook: 'create' },
    );
  }
  return { ...checked, instance };
}

const required: Readonly<Record<Kind, readonly (readonly string[])[]>> = {
  source: [['open'], ['read']],
  filter: [['map', 'pipe']],
  sink: [['write']],
  action: [['plan'], ['finish'], ['journal'], ['apply']],
};

function missingMethod(kind: Kind, instance: unknown): string | null {
  const has = (name: string) =>
    typeof instance === 'object' &&
    instance !== null &&
    typeof Reflect.get(instance, name) === 'function';
  const gap = required[kind].find((alternatives) => !alternatives.some(has));
  return gap === undefined ? null : gap.join('() or ');
}

/**
 * Remembers which stages are open and closes them, each once, in reverse order, whatever happens.
 */
export class OpenStages {
  readonly #open: LiveStage[] = [];

  /**
   * Calls the stage's `open`, and from then on owes it a `close`. A stage whose `open` throws has
   * to clean up after itself, as a constructor would.
   */
  async open<T>(live: LiveStage, body: () => MaybePromise<T>): Promise<T> {
    const result = await callHook(live, 'open', body);
    this.#open.push(live);
    return result;
  }

  /**
   * Closes everything that is open. A `close` that throws does not keep the others from closing.
   * @returns what went wrong, in the order it happened
   */
  async close(outcome: Outcome): Promise<PwalkError[]> {
    const failures: PwalkError[] = [];
    for (let live = this.#open.pop(); live !== undefined; live = this.#open.pop()) {
      const closable: Closable = live.instance;
      try {
        await callHook(live, 'close', () => closable.close?.(outcome));
      } catch (error) {
        failures.push(PwalkError.from(error, live.stage.name, 'close'));
      }
    }
    return failures;
  }
}
