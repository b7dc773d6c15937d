import { readFileSync, writeFileSync } from 'node:fs';
import { licencesPage, shippedPackages } from './licences.ts';
import { rightsPage } from './rights-page.ts';

/** `npm run lists`: writes the pages of the documents that repeat what stands elsewhere. */
const packages = shippedPackages(readFileSync('package-lock.json', 'utf8'));
writeFileSync('docs/licences.md', licencesPage(packages));
writeFileSync('docs/rights.md', rightsPage());
