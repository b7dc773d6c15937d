import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessError, removeAtExit, removeFolder, startProcess } from '../processes.ts';

/** systemd starts MariaDB for the first time. */
const BOOT_LIMIT_MS = 120_000;
/** systemd ends every unit, and waits for those that take their time. */
const HALT_LIMIT_MS = 60_000;

export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** A Debian of its own with systemd, on this machine's network. */
export interface Machine {
  /** Its root folder, as this machine sees it. */
  readonly root: string;
  /** Runs lines of a shell there, which ends at the first that fails, as root or somebody else. */
  run(script: string, options?: { readonly cwd?: string; readonly user?: string }): Promise<Ran>;
  /** The same, for what must not fail. Throws {@link ProcessError}. Returns what was printed. */
  must(script: string): Promise<string>;
  stop(): Promise<void>;
}

/** Copies a Debian and boots the copy with systemd-nspawn, under this name. `prepare` may put files into it before. Needs root. */
export async function bootMachine(
  base: string,
  name: string,
  prepare: (root: string) => void,
): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-machine-'));
  removeAtExit(folder);
  const root = join(folder, 'root');
  execFileSync('cp', ['-a', '--reflink=auto', base, root]);
  prepare(root);
  const nspawn = startProcess({
    command: 'systemd-nspawn',
    // There need not be a systemd on this machine that would register it.
    args: ['--boot', '--register=no', '--keep-unit', `--hostname=${name}`, '-D', root],
    name: 'systemd-nspawn',
  });
  const run: Machine['run'] = async (script, { cwd = '/root', user } = {}) => {
    const who =
      user === undefined ? [] : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const inside = ['nsenter', '--target', leaderOf(nspawn.pid), '--all', '--root', '--wd'];
    const environment = ['env', '-i', 'HOME=/root', 'LANG=C.UTF-8', `PATH=${PATH}`];
    const [command = '', ...args] = [
      ...inside,
      ...environment,
      ...AUTHORITIES,
      ...who,
      'bash',
      '-ec',
      `cd ${cwd}\n${script}`,
    ];
    const child = startProcess({ command, args, name: 'a shell in the machine' });
    const { code } = await child.exited;
    return { code, output: child.output() };
  };
  const machine: Machine = {
    root,
    run,
    async must(script) {
      const { code, output } = await run(script);
      if (code !== 0) throw new ProcessError(`In the machine failed: ${script}\n${output}`);
      return output;
    },
    async stop() {
      await nspawn.stop('SIGTERM', HALT_LIMIT_MS);
      removeFolder(folder);
    },
  };
  try {
    await waitForSystemd(machine, () => nspawn.hasExited());
  } catch (error) {
    await machine.stop();
    throw new ProcessError(`systemd-nspawn did not boot: ${error}\n${nspawn.output()}`);
  }
  return machine;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** The authorities of this machine; Node has a list of its own otherwise. */
const AUTHORITIES = ['NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'];

async function waitForSystemd(machine: Machine, hasExited: () => boolean): Promise<void> {
  for (const until = Date.now() + BOOT_LIMIT_MS; ; await sleep(500)) {
    if (hasExited()) throw new Error('it ended');
    const state = await machine
      .run('systemctl is-system-running || true')
      .then(({ output }) => output.trim())
      .catch(() => '');
    if (state === 'running' || state === 'degraded') return;
    if (Date.now() > until) throw new Error(`systemd says ${state}`);
  }
}

/** Its first process: what runs there is entered through it. */
function leaderOf(pid: number): string {
  const [leader = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  if (leader === '') throw new Error('it has not started yet');
  return leader;
}
