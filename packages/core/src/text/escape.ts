/**
 * Makes text safe for a terminal or a log line: control characters (C0, DEL, C1), line and paragraph
 * separators, bidirectional controls, lone surrogates and the backslash become `\n`-style or
 * `\u{…}` escapes; bytes that are not UTF-8 become `\xHH`. The result has no character that moves
 * the cursor, starts an escape sequence or reorders text, and stays on one line.
 */
export function escapeText(text: string | Uint8Array): string {
  return typeof text === 'string' ? escapeString(text) : escapeBytes(text);
}

const named: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
};

// C0 and DEL, C1, soft hyphen and other invisible format characters, bidi controls, separators, lone surrogates.
const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escapeString(text: string): string {
  return text.replace(unsafe, (character) => {
    const short = named[character];
    if (short !== undefined) return short;
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

function escapeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Invalid sequences decode to U+FFFD; a name that really contains U+FFFD encodes back to itself.
  let result = '';
  let at = 0;
  while (at < buffer.length) {
    const size = sequenceLength(buffer, at);
    if (size === 0) {
      result += `\\x${buffer[at].toString(16).padStart(2, '0')}`;
      at += 1;
    } else {
      result += escapeString(buffer.toString('utf8', at, at + size));
      at += size;
    }
  }
  return result;
}

/** Length of the valid UTF-8 sequence at `at` (Unicode 15, table 3-7), 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const size =
    first >= 0xc2 && first <= 0xdf
      ? 2
      : first <= 0xef && first >= 0xe0
        ? 3
        : first >= 0xf0 && first <= 0xf4
          ? 4
          : 0;
  if (size === 0 || at + size > bytes.length) return 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (bytes[at + 1] < low || bytes[at + 1] > high) return 0;
  for (let i = 2; i < size; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0;
  return size;
}
