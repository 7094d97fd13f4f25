import { unsafeCharacters } from '@pwalk/core';

/**
 * JSON on one line in which bigints are written digit by digit, as JSON allows and JSON.stringify does
 * not, and characters that are not for a terminal are escaped. Members that are undefined are left out.
 */
export function exactJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${text(key)}:${exactJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return typeof value === 'string' ? text(value) : JSON.stringify(value);
}

function text(value: string): string {
  return JSON.stringify(value).replace(unsafeCharacters, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      const hex = character.charCodeAt(unit).toString(16).padStart(4, '0');
      return `\\u${hex}`;
    }).join(''),
  );
}
