import { extname } from 'node:path';

/**
 * Returns the address of the module `name` in the folder of the module at `url` (its `import.meta.url`). It has the same ending:
 * `.ts` in the repository, `.js` in a release. The compiler changes the endings of imports only.
 */
export function moduleBeside(name: string, url: string): URL {
  return new URL(`${name}${extname(url)}`, url);
}
