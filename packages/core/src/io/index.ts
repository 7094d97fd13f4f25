export { EncodedFileSink, type FileEncoder } from './encoded-file-sink.js';
export type { FileIdentity } from './file-identity.js';
export { homeDirectory, xdgDirectory } from './home-directory.js';
export { OutputDirectory } from './output-directory.js';
export { type OutputContent, OutputFile, outputDescriptor } from './output-file.js';
