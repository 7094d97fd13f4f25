import type { Source, SourceProgress } from '../plugin/source.js';

/** Milliseconds between two reports of progress. */
const INTERVAL = 100;

/**
 * Reports a source's progress ten times a second until the returned function is called, which reports
 * once more. The timer does not keep the process alive.
 * @param onFail told what the source or the caller's function threw; nothing is reported after it
 */
export function startProgress(
  source: Source,
  onProgress: ((progress: SourceProgress) => void) | undefined,
  onFail: (error: unknown) => void,
): () => void {
  if (onProgress === undefined || source.progress === undefined) return () => {};
  let hasFailed = false;
  const tell = () => {
    if (hasFailed) return;
    try {
      const progress = source.progress?.();
      if (progress !== undefined) onProgress(progress);
    } catch (error) {
      hasFailed = true;
      onFail(error);
    }
  };
  const timer = setInterval(tell, INTERVAL);
  timer.unref();
  return () => {
    clearInterval(timer);
    tell();
  };
}
