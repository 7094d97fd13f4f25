import { readFileSync } from 'node:fs';
import * as core from '@pwalk/core';
import { expect, it } from 'vitest';

const page = readFileSync(
  new URL('../../../docs/reference/plugin-api.md', import.meta.url),
  'utf8',
);
const index = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8');

it('everything the reference of the plugin API lists is exported', () => {
  const listed = [...page.matchAll(/^\| `(\w+)`( \(type\))? \|/gm)];
  expect(listed.length).toBeGreaterThan(80);
  for (const [, name = '', isType] of listed) {
    if (isType === undefined) expect(core).toHaveProperty(name);
    else expect(index).toMatch(new RegExp(`\\b${name}\\b`));
  }
});
