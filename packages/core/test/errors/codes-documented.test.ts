import { readFileSync } from 'node:fs';
import { errorCodes } from '@pwalk/core';
import { expect, it } from 'vitest';

it('documents every error code with its exit status and its meaning, and no other', () => {
  const page = readFileSync(
    new URL('../../../../docs/reference/errors.md', import.meta.url),
    'utf8',
  );
  const documented = [...page.matchAll(/^\| `(PWALK_\w+)` \| (\d+) \| (.+) \|$/gm)].map(
    ([, code, exitCode, meaning]) => [code, Number(exitCode), meaning],
  );
  expect(documented).toEqual(
    Object.entries(errorCodes).map(([code, { exitCode, meaning }]) => [code, exitCode, meaning]),
  );
});
