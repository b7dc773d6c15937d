import { fileURLToPath } from 'node:url';

// Every Node started from here finds its code compiled: loading ours takes longer than most of them run.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../.cache/node', import.meta.url));
