/**
 * Characters that JSON.stringify leaves as they are and a terminal may act on: DEL and C1, invisible
 * format characters, bidirectional controls, line and paragraph separators.
 */
const unsafe =
  /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * JSON on one line in which bigints are written digit by digit, as JSON allows and JSON.stringify does
 * not, bytes in hexadecimal, and characters that are not for a terminal escaped. Members that are
 * undefined are left out.
 */
export function exactJson(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('hex')}"`;
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
  return JSON.stringify(value).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
