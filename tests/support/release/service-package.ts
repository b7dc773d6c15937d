import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pack, putFile, putJson } from './pack.ts';
import { project, ROOT } from './project.ts';
import { rulesManifest } from './rules-manifest.ts';

/** Files that ship as they are. */
const AS_THEY_ARE = [
  'bridge/tables.sql',
  'src/cli/creditbridge.mjs',
  'docs/**/*.{logrotate,md,png,service}',
  'docs/container/*',
  'docs/monitoring/*',
  '.dockerignore',
  '.env.example',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
];
const COMPILED = ['bridge', 'migrations', 'src'];
const BINARY = 'src/cli/creditbridge.mjs';

const lockFile = z.looseObject({
  packages: z.record(z.string(), z.looseObject({ dev: z.boolean().optional() })),
});

/** Packs the service: what `compiled` holds, and the exact versions of what it needs. Returns the name of the file. */
export function packService(compiled: string, folder: string, into: string): string {
  for (const file of globSync('**/*.{js,map,d.ts}', { cwd: compiled })) {
    putFile(join(compiled, file), join(folder, file));
  }
  for (const file of globSync(AS_THEY_ARE, { cwd: ROOT })) {
    putFile(join(ROOT, file), join(folder, file), file === BINARY ? 0o755 : 0o644);
  }
  putJson(join(folder, 'src/rules/package.json'), rulesManifest());
  putJson(join(folder, 'package.json'), manifest());
  putJson(join(folder, 'npm-shrinkwrap.json'), shrinkwrap());
  const name = `creditbridge-${project.version}.tgz`;
  pack(folder, into, name);
  return name;
}

function manifest() {
  return {
    ...project,
    bin: { creditbridge: BINARY },
    files: [...COMPILED, 'docs', 'npm-shrinkwrap.json', '.env.example', '.dockerignore', '*.md'],
  };
}

/** What the lock file says of the packages that ship. npm installs exactly these with the service. */
function shrinkwrap() {
  const lock = lockFile.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const { version, license, bin, engines, dependencies, optionalDependencies } = manifest();
  const own = { version, license, bin, engines, dependencies, optionalDependencies };
  const needed = Object.entries(lock.packages).filter(
    ([path, { dev }]) => path !== '' && dev !== true,
  );
  return {
    ...lock,
    packages: { '': { name: project.name, ...own }, ...Object.fromEntries(needed) },
  };
}
