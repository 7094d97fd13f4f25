import { createHash } from 'node:crypto';
import { PwalkError } from '@pwalk/core';
import { z } from 'zod';

/** What a plan says of itself, in the footer of its file, beside the hash of this. */
export const planHead = z.strictObject({
  version: z.literal(1),
  /** The scan it was made from. */
  run: z.string(),
  createdAt: z.string(),
  /** Who made it. */
  uid: z.int(),
  root: z.strictObject({
    /** Base64 of the path. */
    path: z.string(),
    dev: z.string(),
    inode: z.string(),
  }),
  /** The options it was made with, and which owners' directories handed groups on. */
  options: z.record(z.string(), z.unknown()),
  rows: z.int().min(0),
  /** Hash of the rows. */
  sha256: z.string(),
});
export type PlanHead = z.output<typeof planHead>;

export const HEAD_KEY = 'repair.plan';
export const HASH_KEY = 'repair.sha256';

/** The key-value pairs for the footer. */
export function headMetadata(head: PlanHead): Record<string, string> {
  const text = JSON.stringify(head);
  return { [HEAD_KEY]: text, [HASH_KEY]: hashOf(text) };
}

/**
 * The head out of the footer's pairs, and its hash, by which a plan is known.
 * @throws PwalkError `PWALK_PLAN_REFUSED`
 */
export function readHead(
  pairs: ReadonlyMap<string, string>,
  shown: string,
): { readonly head: PlanHead; readonly hash: string } {
  const text = pairs.get(HEAD_KEY);
  const hash = pairs.get(HASH_KEY);
  if (text === undefined || hash === undefined) {
    throw new PwalkError(
      'PWALK_PLAN_REFUSED',
      `"${shown}" is no plan of pwalk, or was written anew by something else; make a plan with --plan.`,
    );
  }
  const parsed = hash === hashOf(text) ? planHead.safeParse(JSON.parse(text)) : null;
  if (parsed === null || !parsed.success) {
    throw edited(shown);
  }
  return { head: parsed.data, hash };
}

export function edited(shown: string): PwalkError {
  return new PwalkError(
    'PWALK_PLAN_REFUSED',
    `The plan "${shown}" was edited after it was made; make a new one with the options that give what you want.`,
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
