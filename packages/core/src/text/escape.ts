import { decodeParts } from './utf8.js';

/**
 * Makes text safe for a terminal or a log line: control characters (C0, DEL, C1), line and paragraph
 * separators, bidirectional controls, lone surrogates and the backslash become `\n`-style or
 * `\u{…}` escapes; bytes that are not UTF-8 become `\xHH`. The result has no character that moves
 * the cursor, starts an escape sequence or reorders text, and stays on one line.
 */
export function escapeText(text: string | Uint8Array): string {
  if (typeof text === 'string') return escapeString(text);
  const { buffer, byteOffset, byteLength } = text;
  return decodeParts(Buffer.from(buffer, byteOffset, byteLength), escapeString);
}

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

// C0 and DEL, C1, soft hyphen and other invisible format characters, bidi controls, separators, lone surrogates.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escapeString(text: string): string {
  return text.replace(unsafe, (character) => {
    const short = named[character];
    if (short !== undefined) return short;
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
