import { setImmediate } from 'node:timers/promises';
import type { EntryBatch } from '@pwalk/core';
import { LONGEST_PATH } from './directory-key.js';
import { directoryBatches } from './directory-trees.js';
import { hardLinkBatches } from './hard-links-table.js';
import { fileOf, linkDepth, linkPath, linkWord } from './link-names.js';
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
  let file = '';
  let primary = '';
  for (let count = 1; names.next(); count++) {
    if (count % TURN === 0) await setImmediate();
    const { key } = names;
    const path = linkPath(key);
    const isFirst = fileOf(key) !== file;
    file = fileOf(key);
    if (isFirst) primary = path;
    // A path that was cut is no name: several may look the same.
    else if (path !== primary || path.length > LONGEST_PATH) continue;
    const depth = linkDepth(key);
    if (depth < 0) continue;
    for (const half of [0, 1]) {
      words[2 * word.primaryBytes + half] = names.words[2 * linkWord.size + half];
      words[2 * word.primaryBlocks + half] = names.words[2 * linkWord.blocks + half];
    }
    await collector.addToParent(path, depth, words);
  }
  return directoryBatches(collector.directories(), isStopped);
}
