import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addonArchive } from './addon-archive.ts';
import { compile } from './compile.ts';
import { project } from './project.ts';
import { packRules } from './rules-package.ts';
import { packService } from './service-package.ts';

/** A file of a release. */
export interface Artefact {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Makes a release in this folder, whose former content is removed: the addon, the service, the package for rules, and the sums
 * of all three. The same sources give the same bytes.
 */
export function makeRelease(folder: string): readonly Artefact[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'work-'));
  try {
    const compiled = join(work, 'compiled');
    compile(compiled);
    const addon = `creditbridge-addon-${project.version}.zip`;
    writeFileSync(join(folder, addon), addonArchive());
    const service = packService(compiled, join(work, 'service'), folder);
    const rules = packRules(compiled, join(work, 'rules'), folder);
    return writeSums(folder, [addon, service, rules]);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Writes the file with the sums of these files. */
export function writeSums(folder: string, names: readonly string[]): readonly Artefact[] {
  const artefacts = names.map((name) => describe(folder, name));
  const sums = artefacts.map(({ name, sha256 }) => `${sha256}  ${name}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  return artefacts;
}

function describe(folder: string, name: string): Artefact {
  const content = readFileSync(join(folder, name));
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, bytes: content.length, sha256 };
}
