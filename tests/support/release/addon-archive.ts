import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { ROOT } from './project.ts';

const SHIM = join(ROOT, 'php-shim');
/** The time of every file. ZIP has no time zone: these figures are the same in each. */
const MADE = new Date(2000, 0, 1);
/** The system whose file modes the archive has, and the mode: a plain file that all may read. */
const UNIX = 3;
const PLAIN_FILE = 0o100644 << 16;

/** The addon as a ZIP file that is unpacked in the folder of WHMCS. `shim` holds it at the place where it is installed. */
export function addonArchive(shim = SHIM): Uint8Array {
  const addon = join(shim, 'modules/addons/creditbridge');
  const files = readdirSync(addon, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(shim, join(parentPath, name)))
    .toSorted();
  const entries: Zippable = Object.fromEntries(
    files.map((file) => [file, readFileSync(join(shim, file))]),
  );
  return zipSync(entries, { level: 9, mtime: MADE, os: UNIX, attrs: PLAIN_FILE });
}
