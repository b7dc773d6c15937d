import { registerHooks } from 'node:module';
import { moduleBeside } from '../../base/index.ts';

const DOORS: ReadonlyMap<string, string> = new Map([
  ['@creditbridge/rules', moduleBeside('../index', import.meta.url).href],
  ['@creditbridge/rules/testing', moduleBeside('../testing', import.meta.url).href],
]);

/** Lets rules in any folder import `@creditbridge/rules` and our other public modules by name. */
export function openTheDoor(): void {
  registerHooks({
    resolve(specifier, context, next) {
      const url = DOORS.get(specifier);
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
  });
}
