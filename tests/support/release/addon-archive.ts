import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { ROOT } from './project.ts';

const SHIM = join(ROOT, 'php-shim');
const ADDON = join(SHIM, 'modules/addons/creditbridge');
/** The time of every file. ZIP has no time zone: these figures are the same in each. */
const MADE = new Date(2000, 0, 1);
/** The system whose file modes the archive has, and the mode: a plain file that all may read. */
const UNIX = 3;
const PLAIN_FILE = 0o100644 << 16;

/** The addon as a ZIP file that is unpacked in the folder of WHMCS. */
export function addonArchive(): Uint8Array {
  const files = readdirSync(ADDON, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(SHIM, join(parentPath, name)))
    .toSorted();
  const entries: Zippable = Object.fromEntries(
    files.map((file) => [file, readFileSync(join(SHIM, file))]),
  );
  return zipSync(entries, { level: 9, mtime: MADE, os: UNIX, attrs: PLAIN_FILE });
}
