export { EncodedFileSink, type FileEncoder } from './encoded-file-sink.js';
export type { FileIdentity } from './file-identity.js';
export { homeDirectory, xdgDirectory } from './home-directory.js';
export { openNameless } from './nameless-file.js';
export { OutputDirectory } from './output-directory.js';
export { type OutputContent, OutputFile, outputDescriptor, reasonOf } from './output-file.js';
export { syncDirectory } from './sync-directory.js';
