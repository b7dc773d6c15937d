import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack } from './install.ts';
import { project } from './project.ts';

/**
 * Installs the service of this release with npm, from a registry or npm's cache, in both ways that docs/operators.md names, and
 * runs its command. Returns a line for each way.
 *
 * @throws what npm or the command says when one of them fails.
 */
export function tryRelease(dist: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-try-'));
  try {
    const archive = join(dist, `creditbridge-${project.version}.tgz`);
    const own = join(folder, 'own');
    unpack(archive, own);
    npm(own, 'ci', '--omit=dev');
    const prefix = join(folder, 'global');
    mkdirSync(prefix);
    npm(folder, 'install', '--global', '--prefix', prefix, '--omit=dev', archive);
    return [
      `In a folder of its own: ${versionOf(join(own, 'src/cli/creditbridge.mjs'))}`,
      `Installed globally: ${versionOf(join(prefix, 'bin/creditbridge'))}`,
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function versionOf(command: string): string {
  const version = execFileSync(command, ['--version'], { encoding: 'utf8' }).trim();
  if (version === project.version) return `creditbridge ${version} runs`;
  throw new Error(`${command} says that it is ${version}, not ${project.version}.`);
}
