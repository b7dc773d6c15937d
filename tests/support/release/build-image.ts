import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpack } from './install.ts';
import { project } from './project.ts';

/** Whether the name of a base image has a digest: it is the same image tomorrow. */
export function isPinned(base: string): boolean {
  return /^[^\s@]+@sha256:[0-9a-f]{64}$/.test(base);
}

/**
 * Makes the image of the service in this release, with `docker`, on a pinned base. Returns a line that names it.
 *
 * @throws what docker says when it fails, or is not there.
 */
export function buildImage(dist: string, base: string): string {
  const context = mkdtempSync(join(tmpdir(), 'creditbridge-image-'));
  const { version } = project;
  try {
    unpack(join(dist, `creditbridge-${version}.tgz`), context);
    const file = ['--file', 'docs/container/Containerfile'];
    const args = ['--build-arg', `BASE=${base}`, '--build-arg', `VERSION=${version}`];
    const tags = ['--tag', 'creditbridge', '--tag', `creditbridge:${version}`];
    execFileSync('docker', ['build', ...file, ...args, ...tags, '.'], {
      cwd: context,
      stdio: 'inherit',
    });
    return `creditbridge:${version} is made on ${base}`;
  } finally {
    rmSync(context, { recursive: true });
  }
}
