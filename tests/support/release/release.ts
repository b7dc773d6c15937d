import { join, resolve } from 'node:path';
import { makeRelease } from './make-release.ts';
import { project, ROOT } from './project.ts';

/**
 * `npm run release [-- FOLDER]`: makes in `dist/`, or in another folder, what an operator installs. README.md here says what and
 * how.
 */
const [folder] = process.argv.slice(2);
for (const { name, bytes, sha256 } of makeRelease(resolve(folder ?? join(ROOT, 'dist')))) {
  console.log(`${sha256}  ${name} (${Math.ceil(bytes / 1024)} kB)`);
}
if (project.homepage === undefined) {
  console.log('package.json has no `homepage`, so neither the addon nor the packages name one.');
}
