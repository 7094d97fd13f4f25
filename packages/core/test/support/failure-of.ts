import { type PipelineSpec, PwalkError, runPipeline } from '@pwalk/core';

/** The error a pipeline ends in; throws when it does not, or in something else. */
export async function failureOf(spec: PipelineSpec): Promise<PwalkError> {
  const error = await runPipeline(spec).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof PwalkError)) throw new Error(`no PwalkError but ${error}`);
  return error;
}
