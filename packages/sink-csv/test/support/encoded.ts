import type { EntryBatch } from '@pwalk/core';
import type { ChunkEncoder } from '../../src/chunk-encoder.js';

/** What an encoder makes of a batch, its bytes as latin1. */
export async function encoded(encoder: ChunkEncoder, batch: EntryBatch) {
  const chunks: Buffer[] = [];
  for await (const chunk of encoder.encode(batch)) chunks.push(Buffer.from(chunk));
  const { printed, altered } = encoder;
  const text = Buffer.concat(chunks).toString('latin1');
  return { text, chunks: chunks.length, printed, altered };
}
