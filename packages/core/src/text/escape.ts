import { decodeParts } from './utf8.js';

/**
 * Characters that a terminal, a log or a reader may be misled by: controls (C0, DEL, C1), format
 * characters (bidirectional controls, zero width, tags), line and paragraph separators, lone surrogates.
 */
export const unsafeCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Makes a name safe for a terminal or a log line, reversibly: unsafe characters and the backslash
 * become `\n`-style, `\xHH` or `\u{…}` escapes; bytes that are not UTF-8 become `\xHH`. The result has
 * no character that moves the cursor, starts an escape sequence or reorders text, and stays on one line.
 */
export function escapeText(text: string | Uint8Array): string {
  if (typeof text === 'string') return escapeName(text);
  const { buffer, byteOffset, byteLength } = text;
  return decodeParts(Buffer.from(buffer, byteOffset, byteLength), escapeName);
}

/**
 * Makes a whole message safe in the same way but for the backslash, which it leaves alone: names in it
 * that went through `escapeText` stay as they are, and a second time changes nothing.
 */
export function escapeMessage(message: string): string {
  return message.replace(unsafeCharacters, escapeCharacter);
}

/**
 * Makes lines of text safe for a terminal to be shown, not read back: what `escapeText` escapes but the
 * backslash, tabs and the ends of lines. `text` is whole lines.
 */
export function escapeLines(text: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = text;
  return decodeParts(Buffer.from(buffer, byteOffset, byteLength), (valid) =>
    valid.replace(unsafeCharacters, (character, at: number) => {
      const isLayout =
        character === '\n' || character === '\t' || (character === '\r' && valid[at + 1] === '\n');
      return isLayout ? character : escapeCharacter(character);
    }),
  );
}

function escapeName(text: string): string {
  return escapeMessage(text.replaceAll('\\', '\\\\'));
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16).padStart(2, '0');
  return named[character] ?? (code < 0x100 ? `\\x${hex}` : `\\u{${hex}}`);
}
