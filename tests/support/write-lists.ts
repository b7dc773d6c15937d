import { readFileSync, writeFileSync } from 'node:fs';
import { createEngine } from '../../src/rules/engine/index.ts';
import { licencesPage, shippedPackages } from './licences.ts';
import { rightsPage } from './rights-page.ts';
import { allShowingTests, rulesPage } from './rule-paths.ts';

/** `npm run lists`: writes the pages of the documents that repeat what stands elsewhere. */
const packages = shippedPackages(readFileSync('package-lock.json', 'utf8'));
writeFileSync('docs/licences.md', licencesPage(packages));
writeFileSync('docs/rights.md', rightsPage());
const engine = await createEngine({ rules: [], timeoutMs: 1000 });
writeFileSync('docs/rules/README.md', rulesPage(engine.rules(), allShowingTests()));
await engine.close();
