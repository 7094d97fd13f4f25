/**
 * Bytes of a run below which what V8 and the C library keep for later would be a large part of it: 32 MiB of young
 * objects, and more than that of freed memory. With less they are told to keep little, which costs some time.
 */
const LITTLE_MEMORY = 128 * 1024 * 1024;

/** Whether a run that may use so many bytes beyond what Node takes has to do without what is kept for later. */
export function isLittleMemory(memory: number): boolean {
  return memory < LITTLE_MEMORY;
}
