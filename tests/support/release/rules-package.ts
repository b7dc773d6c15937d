import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pack, putFile, putJson } from './pack.ts';
import { project, ROOT } from './project.ts';
import { rulesManifest } from './rules-manifest.ts';

const DOORS = ['src/rules/index', 'src/rules/testing'];
/** As the compiler writes imports, in modules and in declarations. */
const IMPORT = /(?:from |import |import\()['"](\.[^'"]+)['"]/g;

/** Packs what authors of rules install: the files that its doors reach, and nothing else. Returns the name of the file. */
export function packRules(compiled: string, folder: string, into: string): string {
  const doors = DOORS.flatMap((door) => [`${door}.js`, `${door}.d.ts`]);
  for (const file of reachable(compiled, doors)) {
    putFile(join(compiled, file), join(folder, file));
    const map = `${file}.map`;
    if (existsSync(join(compiled, map))) putFile(join(compiled, map), join(folder, map));
  }
  putJson(join(folder, 'package.json'), {
    ...rulesManifest('./src/rules'),
    files: ['bridge', 'src'],
  });
  putFile(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
  putFile(join(ROOT, 'docs/writing-rules.md'), join(folder, 'README.md'));
  const name = `creditbridge-rules-${project.version}.tgz`;
  pack(folder, into, name);
  return name;
}

/** The files that these import, and the files that those import; a declaration imports declarations. */
function reachable(folder: string, doors: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, target = ''] of readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)) {
      const named = relative(folder, join(folder, dirname(file), target));
      visit(file.endsWith('.d.ts') ? named.replace(/\.js$/, '.d.ts') : named);
    }
  };
  for (const door of doors) visit(door);
  return found;
}
