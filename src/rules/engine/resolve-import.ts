import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Returns the URL that Node imports for `specifier` in a module at `from`, by the package's `exports` or `main`.
 * `import.meta.resolve` alone starts at this file, so a hook sets the other place during the call.
 *
 * @throws Node's own error when nothing is found, or when the package does not export this name.
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
