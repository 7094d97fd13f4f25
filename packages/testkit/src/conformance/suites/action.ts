import assert from 'node:assert/strict';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { PlannedEffect } from '@pwalk/core';
import { stageContext } from '../contexts.js';
import type { Suite } from '../rule.js';
import type { Trial } from '../trial.js';

const states: readonly string[] = ['complete', 'incomplete', 'stopped'];

/** What a change would show in. */
function state(trial: Trial): unknown {
  return trial.files().map((name) => {
    const { mode, uid, gid, size, ino, ctimeMs } = lstatSync(join(trial.directory, name));
    return [name, mode, uid, gid, size, ino, ctimeMs];
  });
}

export const action: Suite = {
  name: 'action',
  rules: [
    {
      name: 'a dry run changes nothing',
      kinds: ['action'],
      test: async (trial) => {
        const before = state(trial);
        const { result } = await trial.runWell({ dryRun: true });
        assert.equal(result.effects.applied, 0);
        assert.deepEqual(state(trial), before);
      },
    },
    {
      name: 'only effects that it declared are planned',
      kinds: ['action'],
      test: async (trial) => {
        const declared = (await trial.capabilities()).effects ?? [];
        const toldBy = (effect: PlannedEffect) => [...(effect.each?.() ?? [effect])];
        for (const { told, changes } of await planned(trial, toldBy)) {
          for (const { effect, path, summary } of told) {
            assert.ok(declared.includes(effect), `${effect} is planned and not declared`);
            assert.equal(typeof path, 'string');
            assert.notEqual(summary, '', 'an effect has no summary for the person who reviews it');
          }
          if (told.length > 1 || changes === 1)
            assert.equal(told.length, changes, 'each() tells other changes than there are');
        }
      },
    },
    {
      name: 'what it came to is told in the documented form',
      kinds: ['action'],
      test: async (trial) => {
        for (const dryRun of [true, false]) {
          trial.reset();
          const { result } = await trial.runWell({ dryRun });
          const [{ state, lines, facts }] = result.actions;
          assert.ok(states.includes(state), `${state} is no state`);
          assert.ok(Array.isArray(lines) && lines.every((line) => typeof line === 'string'));
          assert.deepEqual(JSON.parse(JSON.stringify(facts ?? {})), facts ?? {});
        }
      },
    },
    {
      name: 'an effect that is applied again does no harm',
      kinds: ['action'],
      test: async (trial) => {
        const instance = await trial.create('action');
        const ctx = stageContext(trial);
        await open(trial, instance);
        const effects = [];
        for await (const effect of instance.finish(ctx)) effects.push(effect);
        for (const effect of effects) {
          await instance.journal(effect, ctx);
          await instance.apply(effect, ctx);
        }
        const once = trial.files();
        for (const effect of effects) await instance.apply(effect, ctx);
        assert.deepEqual(trial.files(), once);
        await instance.close?.({
          ok: true,
          accounting: null,
          complete: true,
          finishedAt: new Date(),
        });
      },
    },
  ],
};

type ActionInstance = Awaited<ReturnType<typeof create>>;
const create = (trial: Trial) => trial.create('action');

/** Opens the action and has it plan everything. */
async function open(trial: Trial, instance: ActionInstance): Promise<void> {
  const ctx = stageContext(trial);
  const batches = trial.batches();
  const { columns = [] } = await trial.capabilities();
  const [first] = batches;
  if (first === undefined) return;
  const schema = columns === 'all' ? first.schema : first.schema.pick(new Set(columns));
  await instance.open?.(schema, ctx);
  for (const batch of batches) await instance.plan(batch.narrowedTo(schema), ctx);
}

/** What is planned, each effect looked at before the next is asked for. */
async function planned<T>(trial: Trial, look: (effect: PlannedEffect) => T) {
  const instance = await create(trial);
  await open(trial, instance);
  const effects = [];
  for await (const effect of instance.finish(stageContext(trial, true)))
    effects.push({ told: look(effect), changes: effect.changes ?? 1 });
  await instance.close?.({ ok: false, error: trial.stopped() });
  return effects;
}
