export type { FileIdentity } from './file-identity.js';
export { OutputFile } from './output-file.js';
