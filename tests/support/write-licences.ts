import { readFileSync, writeFileSync } from 'node:fs';
import { licencesPage, shippedPackages } from './licences.ts';

/** `npm run licences`: writes docs/licences.md. */
writeFileSync(
  'docs/licences.md',
  licencesPage(shippedPackages(readFileSync('package-lock.json', 'utf8'))),
);
