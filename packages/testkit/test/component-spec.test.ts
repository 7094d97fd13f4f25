import { readFileSync } from 'node:fs';
import { rules } from '@pwalk/testkit';
import { expect, it } from 'vitest';

const page = readFileSync(new URL('../../../docs/specs/component.md', import.meta.url), 'utf8');
const musts = page.split('\n').filter((line) => line.startsWith('- ') && line.includes('MUST'));

it('every MUST of the specification names a test of the kit, and every test is there', () => {
  const named = musts.map((line) => /`([^`]+ › [^`]+)`$/.exec(line)?.[1] ?? line);
  expect(named.toSorted()).toEqual(
    rules()
      .map(({ suite, name }) => `${suite} › ${name}`)
      .toSorted(),
  );
});
