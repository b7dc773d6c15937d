import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtExit } from './processes.ts';

/** A folder as systemd gives it to the service; it goes with this process. */
export function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-state-'));
  removeAtExit(folder);
  return folder;
}
