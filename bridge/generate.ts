import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

const ROOT = new URL('../', import.meta.url);

/** `npm run generate`: writes what repeats the catalogue of hooks. */
for (const { path, content } of generatedFiles()) writeFileSync(new URL(path, ROOT), content);
