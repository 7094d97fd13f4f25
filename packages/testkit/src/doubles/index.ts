export { anyOptions } from './any-options.js';
export { type Failing, failingSink } from './failing-sink.js';
export { type GivenBatches, givenBatches } from './given-batches.js';
export { Recording, recordingSink } from './recording-sink.js';
export { sampleBatches, treeBatches } from './sample-batches.js';
export { type Slow, slowSink } from './slow-sink.js';
