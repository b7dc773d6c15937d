import { registerHooks } from 'node:module';

const DOORS: ReadonlyMap<string, string> = new Map([
  ['creditbridge/rules', new URL('../index.ts', import.meta.url).href],
  ['creditbridge/testing', new URL('../testing.ts', import.meta.url).href],
]);

/** Lets rules in any folder import `creditbridge/rules` and our other public modules by name. */
export function openTheDoor(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const url = DOORS.get(specifier);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
}
