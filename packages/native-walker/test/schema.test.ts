import { fullEntrySchema } from '@pwalk/core';
import { expect, it } from 'vitest';
import { loadBinding } from '../src/native-binding.js';

it('the C++ table of columns is the schema, in order', () => {
  expect(
    loadBinding()
      ?.columns()
      .map(({ stat: _, ...field }) => field),
  ).toEqual(fullEntrySchema.fields.map(({ name, type, nullable }) => ({ name, type, nullable })));
});
