import assert from 'node:assert/strict';
import { type Capabilities, CORE_VERSION, fullEntrySchema } from '@pwalk/core';
import type { Suite } from '../rule.js';

const all = ['source', 'filter', 'sink', 'action'] as const;

/** What no plugin can have meant as its options. */
const nonsense: readonly unknown[] = [
  undefined,
  null,
  42,
  'x',
  [],
  () => 1,
  Symbol('x'),
  { '\u0000': 1 },
];

const effects = ['fs:write', 'fs:chmod', 'fs:chown', 'fs:delete', 'process:exec', 'net:connect'];
const known = ['columns', 'adds', 'releases', 'atomic', 'resumable', 'effects'];

export const options: Suite = {
  name: 'options',
  rules: [
    {
      name: 'are accepted by the plugin’s own schema',
      kinds: all,
      test: async (trial) => {
        await trial.options();
      },
    },
    {
      name: 'that do not fit are answered with issues, never with a throw',
      kinds: all,
      test: async ({ stage, subject }) => {
        const { validate } = stage.plugin.options['~standard'];
        for (const value of nonsense) {
          const result = await validate(value);
          for (const { message } of result.issues ?? []) assert.equal(typeof message, 'string');
        }
        for (const value of subject.invalidOptions ?? []) {
          const { issues = [] } = await validate(value);
          assert.notEqual(issues.length, 0, 'options that were named as invalid were accepted');
        }
      },
    },
    {
      name: 'lead to capabilities that pwalk knows',
      kinds: all,
      test: async (trial) => {
        const capabilities: Capabilities = await trial.capabilities();
        for (const key of Object.keys(capabilities))
          assert.ok(known.includes(key), `there is no capability "${key}"`);
        const { columns = [], adds = [] } = capabilities;
        assert.ok(
          columns === 'all' || columns.every((name) => typeof name === 'string' && name !== ''),
        );
        for (const effect of capabilities.effects ?? [])
          assert.ok(effects.includes(effect), `there is no effect "${effect}"`);
        for (const { name } of adds)
          assert.ok(
            !fullEntrySchema.has(name),
            `"${name}" is a column of the entries table already`,
          );
      },
    },
    {
      name: 'come with a range of versions of @pwalk/core that the running one fits',
      kinds: all,
      test: async (trial) => {
        const { error } = await trial.run({ batches: [] });
        assert.notEqual(
          error?.code,
          'PWALK_PLUGIN_VERSION',
          `it asks for ${trial.stage.plugin.pwalk} and this is ${CORE_VERSION}`,
        );
      },
    },
  ],
};
