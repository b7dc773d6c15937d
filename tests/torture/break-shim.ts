import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ground } from './ground.ts';

/** A defect: in this file of the shim, by its path below `lib`, a text that stands there once becomes another. */
export interface Defect {
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}

const ADDON = 'modules/addons/creditbridge';

/**
 * Puts a defect into the ground's own copy of the shim; what is returned mends it again. Throws when the text is not there
 * exactly once: the shim has changed, and the defect has to be thought out anew.
 */
export function breakShim(ground: Ground, { file, text, becomes }: Defect): () => void {
  const path = join(ground.installation.standIn.root, ADDON, 'lib', file);
  const whole = readFileSync(path, 'utf8');
  const times = whole.split(text).length - 1;
  if (times !== 1) {
    throw new Error(
      `${file} of the shim was to be broken where it says:\n${text}\nIt says so ${times} times, not once. Adapt the defect to what the shim is now.`,
    );
  }
  writeFileSync(
    path,
    whole.replace(text, () => becomes),
  );
  return () => writeFileSync(path, whole);
}

/** No doorbell works beside: PHP's web server keeps what it compiled, and would for a moment not have the defect. */
export function muteDoorbell(ground: Ground): void {
  const path = join(ground.installation.standIn.root, ADDON, 'doorbell.php');
  writeFileSync(path, '<?php http_response_code(204);\n');
}
