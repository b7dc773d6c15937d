import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated-files.ts';

/** `npm run generate`: writes what repeats the catalogue of hooks. */
for (const { url, content } of generatedFiles()) writeFileSync(url, content);
