import { createRequire } from 'node:module';

const manifest: unknown = createRequire(import.meta.url)('@pwalk/core/package.json');

/** Version of @pwalk/core, which plugins state a range of. */
export const CORE_VERSION: string =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
