/**
 * What makes a spreadsheet take a cell for a formula: `=`, `+`, `-`, `@` in both widths, and the white
 * space that some programs skip before looking (CWE-1236).
 */
const formula = /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/;

/** Text that a spreadsheet shows and does not run: with an apostrophe before it where it must have one. */
export function inert(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

const apostrophe = 0x27;
const firstPrintable = 0x20;
const triggers: readonly (readonly number[])[] = [...'=+-@\uff0b\uff0d\uff1d\uff20'].map((text) => [
  ...Buffer.from(text),
]);

/** The byte to put before a text of which control characters are left out; null where none is needed. */
export function guardOf(text: Uint8Array): number | null {
  const first = text.findIndex((byte) => byte >= firstPrintable);
  if (first < 0) return null;
  const isFormula = triggers.some((bytes) => bytes.every((byte, at) => text[first + at] === byte));
  return isFormula ? apostrophe : null;
}
