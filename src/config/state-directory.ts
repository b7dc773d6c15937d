import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the service keeps the little it must remember outside the database: the folder that systemd gives it
 * (`StateDirectory=`), else the one that the XDG base directories name.
 */
export function stateDirectory(env: Readonly<Record<string, string | undefined>>): string {
  // systemd joins several with colons; ours is the first.
  const [given = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (given !== '') return given;
  const xdg = env['XDG_STATE_HOME'] ?? '';
  return join(xdg.startsWith('/') ? xdg : join(homedir(), '.local', 'state'), 'creditbridge');
}
