import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

interface Command {
  readonly command: string;
  readonly args: readonly string[];
}

/** `root` may name a host of its own namespace; others need a namespace of users too, which some systems forbid. */
const UNSHARE = process.getuid?.() === 0 ? ['--uts'] : ['--user', '--map-root-user', '--uts'];

let isAllowed: boolean | undefined;

/**
 * PHP as it runs on a machine or in a container of another name. Where the kernel gives no such namespace (macOS, a container
 * without rights), the shim's own call of gethostname() is answered with that name.
 */
export function phpOnHost(name: string | undefined, args: readonly string[]): Command {
  if (name === undefined) return { command: 'php', args };
  isAllowed ??= spawnSync('unshare', [...UNSHARE, 'hostname', 'other']).status === 0;
  if (isAllowed) {
    const script = 'hostname "$0" && exec php "$@"';
    return { command: 'unshare', args: [...UNSHARE, 'sh', '-c', script, name, ...args] };
  }
  const prepended = join(import.meta.dirname, 'php/host-name.php');
  return {
    command: 'env',
    args: [`TEST_HOST_NAME=${name}`, 'php', '-d', `auto_prepend_file=${prepended}`, ...args],
  };
}
