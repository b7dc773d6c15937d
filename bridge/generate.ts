import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

const ROOT = new URL('../', import.meta.url);

/** `npm run generate`: writes every file that repeats what the bridge defines. */
for (const { path, content } of generatedFiles()) writeFileSync(new URL(path, ROOT), content);
