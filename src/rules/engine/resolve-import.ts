import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * The URL that Node imports for `specifier` in a module at `from`, by the `exports` or `main` of the package found there.
 * `import.meta.resolve` alone starts at this file, so a hook names the other place while it runs.
 *
 * @throws Node's own error where nothing is found, or where the package exports nothing of this name.
 */
export function resolveImport(specifier: string, from: string): string {
  const parentURL = pathToFileURL(from).href;
  const hooks = registerHooks({
    resolve: (name, context, next) => next(name, { ...context, parentURL }),
  });
  try {
    return import.meta.resolve(specifier);
  } finally {
    hooks.deregister();
  }
}
