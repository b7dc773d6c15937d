import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtExit } from './processes.ts';

const root = join(import.meta.dirname, '../..');

/** A copy of the service's source in a temporary folder, to try what a newcomer would add. It is removed at exit. */
export function copySource(): string {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-copy-'));
  removeAtExit(folder);
  for (const part of ['bridge', 'src', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
