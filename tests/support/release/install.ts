import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { z } from 'zod';
import { ROOT } from './project.ts';

const shrinkwrap = z.object({ packages: z.record(z.string(), z.unknown()) });
/** Two hundred megabytes, and a program of its own: a link will do. */
const NODE_ITSELF = /^node_modules\/node-/;

/** Unpacks a package of `npm pack` into a folder. */
export function unpack(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', archive, '-C', folder, '--strip-components=1']);
}

/** Unpacks the addon's archive in the folder of WHMCS, over an older one: one file after another, as `unzip -o` does. */
export function unpackAddon(archive: string, whmcs: string): void {
  for (const [path, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    mkdirSync(dirname(join(whmcs, path)), { recursive: true });
    writeFileSync(join(whmcs, path), content);
  }
}

/**
 * Brings what `npm ci --omit=dev` brings in the folder of an unpacked service, from this checkout instead of a registry: the
 * packages that its npm-shrinkwrap.json names, and no other.
 */
export function bringDependencies(folder: string): void {
  const text = readFileSync(join(folder, 'npm-shrinkwrap.json'), 'utf8');
  for (const path of Object.keys(shrinkwrap.parse(JSON.parse(text)).packages)) {
    if (path === '') continue;
    if (NODE_ITSELF.test(path)) link(folder, path);
    // Those inside a package were copied with it.
    else if (path.lastIndexOf('node_modules/') === 0) copy(folder, path);
  }
}

function copy(folder: string, path: string): void {
  cpSync(join(ROOT, path), join(folder, path), { recursive: true });
}

function link(folder: string, path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(join(ROOT, path), join(folder, path));
}
