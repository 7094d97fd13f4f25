import { escapeText, PwalkError } from '@pwalk/core';

/** @throws PwalkError `PWALK_OPTIONS_INVALID` when a column that is added cannot be called that */
export function checkColumnName(name: string): void {
  if (/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return;
  throw new PwalkError(
    'PWALK_OPTIONS_INVALID',
    `A column cannot be named "${escapeText(name)}"; use letters, digits and _, and begin with a letter.`,
  );
}
