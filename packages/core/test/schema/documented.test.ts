import { readFileSync } from 'node:fs';
import { fullEntrySchema } from '@pwalk/core';
import { expect, it } from 'vitest';

it('documents every column with its meaning, in order, and no other', () => {
  const page = readFileSync(
    new URL('../../../../docs/reference/schema.md', import.meta.url),
    'utf8',
  );
  const rows = [
    ...page.matchAll(/^\| `(\w+)` \| [^|]+ \| (yes|no) \| (?:on request\. )?(.+) \|$/gm),
  ];
  expect(rows.map(([, name, nullable, meaning]) => [name, nullable === 'yes', meaning])).toEqual(
    fullEntrySchema.fields.map(({ name, nullable, description }) => [name, nullable, description]),
  );
});
