import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { ProcessError } from './processes.ts';

/** Fires a hook of WHMCS as another module does, and lets the addon send it. */
export async function fireHook(
  { standIn, work }: Pick<Installation, 'standIn' | 'work'>,
  hook: string,
  data: Readonly<Record<string, string | number>>,
): Promise<void> {
  const pairs = Object.entries(data).map(([name, value]) => `'${name}' => '${value}'`);
  await writeFile(
    join(standIn.root, 'fire.php'),
    `<?php require __DIR__ . '/init.php'; run_hook('${hook}', [${pairs.join(', ')}]);`,
  );
  const { code, output } = await standIn.php('fire.php');
  if (code !== 0) throw new ProcessError(`The hook ${hook} could not be fired:\n${output}`);
  await work();
}
