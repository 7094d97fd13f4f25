import { exitCodes } from '@pwalk/core';
import type { Change } from './change.js';
import { type Rule, ruleBits } from './record-layout.js';
import type { SkipReason } from './skips.js';

/** One entry, for people. */
export interface Example {
  /** Relative to the root, exact bytes; escape before printing. */
  readonly path: Uint8Array;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly newUid: number;
  readonly newGid: number;
  readonly newMode: number;
}

export interface FailedChange {
  readonly path: Uint8Array;
  readonly errno: number;
}

/** What a repair came to. */
export interface RepairSummary {
  /** Changes that the rules ask for and nothing forbids; a file with several names is one. */
  readonly planned: number;
  readonly applied: number;
  /** Changes left out because the entry is not as it was planned. */
  readonly stale: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** Entries that could not be read or changed, and those that somebody changed at the same moment. */
  readonly errors: number;
  readonly byRule: Readonly<Record<Rule, number>>;
  /** Null when nothing was to be changed. */
  readonly journal: string | null;
  /** A limit that ended the run before its end. */
  readonly stopped: 'max-changes' | 'max-errors' | null;
  /** ACL entries that gain rights because the mask of their list changes (`acl: 'mask'`). */
  readonly widenedAclEntries: number;
  /** Set-id bits and capabilities that went with a change, or that an undo could not give back. */
  readonly setidLost: number;
  readonly examples: Readonly<Record<Rule, readonly Example[]>>;
  readonly failures: readonly FailedChange[];
  /** The status the command ends with. */
  readonly exitCode: number;
}

const rules = Object.keys(ruleBits).filter((name): name is Rule => name in ruleBits);
const ALL_RULES = Object.values(ruleBits).reduce((all, bit) => all | bit, 0);
const MOST_EXAMPLES = 3;
const MOST_FAILURES = 10;

/** Counts while a repair runs. */
export class Tally {
  planned = 0;
  applied = 0;
  stale = 0;
  errors = 0;
  setidLost = 0;
  widened = 0;
  journal: string | null = null;
  stopped: RepairSummary['stopped'] = null;
  /** Changes are made, not only planned: then what was left out because it changed is missing. */
  makesChanges = false;
  readonly #skipped = new Map<SkipReason, number>();
  /** Changes by the bits of their rules: counted for each of very many. */
  readonly #byRules = new Float64Array(ALL_RULES + 1);
  readonly #examples = perRule((): Example[] => []);
  /** Bits of the rules that lack examples. */
  #lacking = ALL_RULES;
  readonly #failures: FailedChange[] = [];

  skip(reason: SkipReason, entries = 1): void {
    if (entries === 0) return;
    this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + entries);
  }

  /** What the audit log ends with. */
  sums(): Record<string, number> {
    const { applied, stale, errors } = this;
    const skipped = [...this.#skipped].map(([reason, count]) => [`skipped_${reason}`, count]);
    return { applied, stale, errors, ...Object.fromEntries(skipped) };
  }

  plan(change: Change): void {
    this.planned++;
    this.widened += change.widened;
    const asked = change.rules & ALL_RULES;
    this.#byRules[asked]++;
    if ((asked & this.#lacking) === 0) return;
    for (const rule of rules) {
      if ((asked & this.#lacking & ruleBits[rule]) === 0) continue;
      const examples = this.#examples[rule];
      examples.push(exampleOf(change));
      if (examples.length === MOST_EXAMPLES) this.#lacking &= ~ruleBits[rule];
    }
  }

  #countOf(rule: Rule): number {
    return this.#byRules.reduce(
      (sum, n, asked) => ((asked & ruleBits[rule]) === 0 ? sum : sum + n),
      0,
    );
  }

  fail(path: Uint8Array, errno: number): void {
    this.errors++;
    if (this.#failures.length < MOST_FAILURES) {
      this.#failures.push({ path: Uint8Array.from(path), errno });
    }
  }

  /** @param walkErrors entries the walk could not read */
  summary(walkErrors: number): RepairSummary {
    const errors = this.errors + walkErrors;
    const { planned, applied, stale, journal, stopped, setidLost } = this;
    const exitCode =
      stopped !== null
        ? exitCodes.resumable
        : errors > 0 || stale > 0 || (this.makesChanges && this.#skipped.has('changed'))
          ? exitCodes.incomplete
          : exitCodes.complete;
    return {
      planned,
      applied,
      stale,
      skipped: Object.fromEntries(this.#skipped),
      errors,
      byRule: perRule((rule) => this.#countOf(rule)),
      journal,
      stopped,
      widenedAclEntries: this.widened,
      setidLost,
      examples: this.#examples,
      failures: this.#failures,
      exitCode,
    };
  }
}

function perRule<T>(value: (rule: Rule) => T): Record<Rule, T> {
  return {
    setgid: value('setgid'),
    group: value('group'),
    forceGroupWritable: value('forceGroupWritable'),
    ensureGroupReadable: value('ensureGroupReadable'),
    owner: value('owner'),
  };
}

function exampleOf(change: Change): Example {
  const { uid, gid, permissions, newUid, newGid, newMode } = change;
  const path = Uint8Array.from(change.path);
  return { path, uid, gid, mode: permissions, newUid, newGid, newMode };
}
