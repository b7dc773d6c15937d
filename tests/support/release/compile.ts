import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from './project.ts';

/** An import of a file of ours in a declaration: the compiler leaves its ending. */
const OWN_IMPORT = /((?:from |import |import\()['"]\.[^'"]+)\.ts(?=['"])/g;

/**
 * Compiles `bridge`, `migrations` and `src` into this folder, which has the same layout then: JavaScript, declarations, and maps
 * that hold the sources.
 */
export function compile(folder: string): void {
  const config = join(import.meta.dirname, 'tsconfig.json');
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  // Several checkers would list the members of a union as each of them met the types, now so, now so.
  const options = ['-p', config, '--outDir', folder, '--singleThreaded'];
  execFileSync(tsc, options, { cwd: ROOT, stdio: 'inherit' });
  for (const file of globSync('**/*.{d.ts,map}', { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const tidy = file.endsWith('.map') ? withoutPath(text) : text.replace(OWN_IMPORT, '$1.js');
    writeFileSync(path, tidy);
  }
}

/** A map with its source beside it: where the source was when it was compiled is nobody's matter. */
function withoutPath(map: string): string {
  const parsed = JSON.parse(map) as { readonly sources: readonly string[] };
  return JSON.stringify({ ...parsed, sources: parsed.sources.map((path) => basename(path)) });
}
