import { decodeName, escapeText } from '@pwalk/core';
import { describe, expect, it } from 'vitest';

describe('escapeText', () => {
  it('leaves nothing that moves a cursor, starts a sequence, reorders text or breaks the line', () => {
    const every = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
    expect(escapeText(every)).not.toMatch(
      /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f]/,
    );
  });

  it('shows what was there, reversibly', () => {
    expect(escapeText('a\u001b[31mb\n\\c')).toBe('a\\x1b[31mb\\n\\\\c');
    expect(escapeText('\u202egpj.exe')).toBe('\\u{202e}gpj.exe');
    expect(escapeText(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3]))).toBe('a\\xffé\\xc3');
    expect(escapeText('日本語 ok')).toBe('日本語 ok');
    expect(escapeText('\ud83d\ude00 \ud83d')).toBe('\ud83d\ude00 \\u{d83d}');
  });
});

describe('decodeName', () => {
  it('is exact for UTF-8, whatever characters it has', () => {
    expect(decodeName(Buffer.from('a\n\\xffé'))).toEqual({ text: 'a\n\\xffé', exact: true });
  });

  it('shows each byte that is not UTF-8', () => {
    const overlong = Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xf5, 0x41]);
    expect(decodeName(overlong)).toEqual({ text: '\\xc0\\xaf\\xed\\xa0\\x80\\xf5A', exact: false });
  });
});
