import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { project, ROOT } from './project.ts';

const source = z.object({
  name: z.string(),
  description: z.string(),
  exports: z.record(z.string(), z.string()),
  dependencies: z.record(z.string(), z.string()),
});

/**
 * `src/rules/package.json` as it is released: with our version and licence, and with compiled files behind its doors.
 *
 * @param from where the compiled files are, from the folder of the package.
 */
export function rulesManifest(from = '.') {
  const text = readFileSync(join(ROOT, 'src/rules/package.json'), 'utf8');
  const { name, description, exports, dependencies } = source.parse(JSON.parse(text));
  const { version, license, homepage, engines } = project;
  return {
    name,
    version,
    description,
    license,
    ...(homepage === undefined ? {} : { homepage }),
    type: 'module',
    exports: Object.fromEntries(
      Object.entries(exports).map(([door, file]) => [door, compiledDoor(from, file)]),
    ),
    engines,
    dependencies,
  };
}

function compiledDoor(from: string, file: string) {
  const stem = `${from}/${file.slice('./'.length, -'.ts'.length)}`;
  return { types: `${stem}.d.ts`, default: `${stem}.js` };
}
