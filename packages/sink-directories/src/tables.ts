import { setImmediate } from 'node:timers/promises';
import type { EntryBatch } from '@pwalk/core';
import { LONGEST_PATH } from './directory-key.js';
import { directoryBatches } from './directory-trees.js';
import { hardLinkBatches } from './hard-link-rows.js';
import { KeptBytes } from './key-bytes.js';
import { linkKey, linkWord } from './link-names.js';
import { WORDS, word } from './totals.js';
import type { TotalsCollector } from './totals-collector.js';

/** Names after which others get their turn. */
const TURN = 16_384;

/** The rows of the hard_links table. */
export function hardLinks(collector: TotalsCollector): Iterable<EntryBatch> {
  return hardLinkBatches(collector.links(), collector.links());
}

/**
 * The rows of the directories table. Of a file with several names the least is its primary name, and every
 * row of that name counts to the unique bytes of its directory.
 */
export async function directories(
  collector: TotalsCollector,
  isStopped: boolean,
): Promise<Iterable<EntryBatch>> {
  const names = collector.links();
  const words = new Uint32Array(2 * WORDS);
  const file = new KeptBytes();
  const primary = new KeptBytes();
  for (let count = 1; names.next(); count++) {
    if (count % TURN === 0) await setImmediate();
    const { bytes, start } = names;
    const fileEnd = linkKey.fileEnd(names);
    const pathEnd = linkKey.pathEnd(names);
    if (!file.equals(bytes, start, fileEnd)) {
      file.set(bytes, start, fileEnd);
      primary.set(bytes, fileEnd, pathEnd);
    } else if (primary.length > LONGEST_PATH || !primary.equals(bytes, fileEnd, pathEnd)) {
      continue; // A path that was cut is no name: several may look the same.
    }
    const depth = linkKey.depth(names);
    if (depth < 0) continue;
    for (const half of [0, 1]) {
      words[2 * word.primaryBytes + half] = names.words[2 * linkWord.size + half];
      words[2 * word.primaryBlocks + half] = names.words[2 * linkWord.blocks + half];
    }
    if (collector.isFull) await collector.settle();
    collector.addToParent(bytes, fileEnd, pathEnd, depth, words);
  }
  return directoryBatches(collector.directories(), isStopped);
}
