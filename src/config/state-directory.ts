import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for the few facts that the service must store outside the database: the one in the settings, which the command line
 * sees too, or else the one from systemd (`StateDirectory=`), or else the XDG state folder.
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const set = (env['CREDITBRIDGE_STATE_DIRECTORY'] ?? '').trim();
  if (set !== '') return set;
  // systemd joins several folders with colons; ours is the first.
  const [given = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (given !== '') return given;
  const xdg = env['XDG_STATE_HOME'] ?? '';
  return join(xdg.startsWith('/') ? xdg : join(homedir(), '.local', 'state'), 'creditbridge');
}
