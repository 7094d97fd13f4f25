export { EncodedFileSink, type FileEncoder } from './encoded-file-sink.js';
export type { FileIdentity } from './file-identity.js';
export { OutputFile, outputDescriptor } from './output-file.js';
