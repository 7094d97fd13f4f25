import { PwalkError } from '@pwalk/core';
import { scan } from '@pwalk/native-walker';
import { expect, it } from 'vitest';

const wrong: readonly (readonly [string, unknown, unknown, RegExp])[] = [
  ['no root', undefined, {}, /roots\.0: must be a path, as text or as bytes/],
  ['an empty list of roots', [], {}, /roots: must have a path/],
  ['an empty root', '', {}, /roots\.0: must not be empty/],
  ['a root of no bytes', new Uint8Array(), {}, /roots\.0: must not be empty/],
  ['a root with a NUL', Buffer.from('/usr\0'), {}, /roots\.0: must not hold a NUL/],
  ['null for the options', '/usr', null, /expected object/],
  ['an option that there is not', '/usr', { exlude: ['*.o'] }, /"exlude"/],
  ['a name for the columns', '/usr', { columns: 'path' }, /columns: .*array/],
  ['no column', '/usr', { columns: [] }, /columns: must name a column/],
  ['a column that there is not', '/usr', { columns: ['nope'] }, /no column "nope"; .* are path,/],
  ['a text for the memory', '/usr', { memory: '1GiB' }, /memory: .*number/],
  ['no credit', '/usr', { credit: 0 }, /credit: .*1/],
  ['no thread', '/usr', { threads: 0 }, /threads: .*1/],
  ['a signal that is none', '/usr', { signal: {} }, /signal: .*AbortSignal/],
  ['a callback that is none', '/usr', { onAccounting: 3 }, /onAccounting: must be a function/],
];

it.each(wrong)(
  'what scan() is called with is refused at the call: %s',
  (_, roots, options, message) => {
    // As a program without types may call it.
    const refusal = () => Reflect.apply(scan, undefined, [roots, options]);
    expect(refusal).toThrow(PwalkError);
    expect(refusal).toThrow(message);
    expect(refusal).toThrow(expect.objectContaining({ code: 'PWALK_OPTIONS_INVALID' }));
  },
);
