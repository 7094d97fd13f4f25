import type { Source, SourceProgress } from '../plugin/source.js';

/** Milliseconds between two reports of progress. */
const INTERVAL = 100;

/**
 * Reports a source's progress ten times a second until the returned function is called, which reports
 * once more. The timer does not keep the process alive.
 */
export function startProgress(
  source: Source,
  onProgress: ((progress: SourceProgress) => void) | undefined,
): () => void {
  if (onProgress === undefined || source.progress === undefined) return () => {};
  const tell = () => {
    const progress = source.progress?.();
    if (progress !== undefined) onProgress(progress);
  };
  const timer = setInterval(tell, INTERVAL);
  timer.unref();
  return () => {
    clearInterval(timer);
    tell();
  };
}
