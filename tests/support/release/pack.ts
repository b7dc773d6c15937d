import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const packed = z.array(z.object({ filename: z.string() }));

/** Copies a file into the folder of a package, with the same mode wherever it is built. */
export function putFile(from: string, to: string, mode: 0o644 | 0o755 = 0o644): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
  chmodSync(to, mode);
}

export function putJson(to: string, content: unknown): void {
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, `${JSON.stringify(content, null, 2)}\n`);
  chmodSync(to, 0o644);
}

/** Packs the package in `folder`. `npm pack` sorts the files and gives all of them one time. */
export function pack(folder: string, into: string, name: string): void {
  const output = execFileSync(
    'npm',
    ['pack', folder, '--pack-destination', into, '--ignore-scripts', '--json'],
    { cwd: into, encoding: 'utf8' },
  );
  const [one] = packed.parse(JSON.parse(output));
  if (one === undefined) throw new Error(`npm pack made no file of ${folder}: ${output}`);
  renameSync(join(into, one.filename), join(into, name));
}
