import { decodeName, escapeMessage, escapeText, PwalkError } from '@pwalk/core';
import { describe, expect, it } from 'vitest';

describe('escapeText', () => {
  it('leaves nothing that moves a cursor, starts a sequence, reorders text or breaks the line', () => {
    const every = Array.from({ length: 0xe1000 }, (_, code) => String.fromCodePoint(code)).join(
      ' ',
    );
    for (const escaped of [escapeText(every), escapeMessage(every)]) {
      expect(escaped).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0001}\u{e0020}-\u{e007f}]/u,
      );
    }
    // Every byte, and every pair that begins with what looks like the start of a sequence.
    const bytes = Array.from({ length: 256 }, (_, byte) => [byte, 0xc2, byte, 0xe2, byte]).flat();
    expect(escapeText(Buffer.from(bytes))).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  it('shows what was there, reversibly', () => {
    expect(escapeText('a\u001b[31mb\n\\c')).toBe('a\\x1b[31mb\\n\\\\c');
    expect(escapeText('\u202egpj.exe')).toBe('\\u{202e}gpj.exe');
    expect(escapeText(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3]))).toBe('a\\xffé\\xc3');
    expect(escapeText('日本語 ok')).toBe('日本語 ok');
    expect(escapeText('\ud83d\ude00 \ud83d')).toBe('\ud83d\ude00 \\u{d83d}');
  });
});

describe('escapeMessage', () => {
  it('leaves what is escaped already, so that names in a message are readable', () => {
    const message = `Cannot walk "${escapeText('a\u001b\\n')}".`;
    expect(escapeMessage(message)).toBe(message);
    expect(escapeMessage('two\nlines \u202e')).toBe('two\\nlines \\u{202e}');
  });

  it('is what every error message has been through', () => {
    const cause = new Error("ENOENT: no such file, open '\u001b[2J\n'");
    expect(PwalkError.from(cause, 'mine', 'write').message).toBe(
      'Plugin "mine" failed in write(): ENOENT: no such file, open \'\\x1b[2J\\n\'',
    );
    expect(new PwalkError('PWALK_OPTIONS_INVALID', '--memory \u009b is no size').message).toBe(
      '--memory \\x9b is no size',
    );
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
