import { PwalkError } from '@pwalk/core';
import { globSource } from './glob.js';
import type { TextPattern } from './predicate.js';

/**
 * What a pattern says of a text. Both kinds become RE2 expressions, which take time proportional to
 * the text whatever they are; what cannot be done in that time (look-around, back-references) RE2
 * does not have. re2js is loaded for patterns only: that takes longer than a small walk.
 * @throws PwalkError `PWALK_OPTIONS_INVALID`
 */
export async function textTest({ kind, source }: TextPattern): Promise<(text: string) => boolean> {
  const { RE2JS } = await import('re2js');
  try {
    const expression = RE2JS.compile(kind === 'regex' ? source : expressionOf(source));
    return (text) => expression.test(text);
  } catch (error) {
    if (error instanceof PwalkError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PwalkError(
      'PWALK_OPTIONS_INVALID',
      `The pattern "${source}" cannot be used: ${reason}; patterns are those of RE2, which has no look-around and no back-references.`,
      { cause: error },
    );
  }
}

function expressionOf(glob: string): string {
  const made = globSource(glob);
  if (made.ok) return made.source;
  throw new PwalkError('PWALK_OPTIONS_INVALID', made.problem);
}
