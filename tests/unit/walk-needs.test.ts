import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the walk on a machine without its programs ends before anything is made, and says what to install', () => {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['tests/support/release/release.ts', '--walk'],
    { encoding: 'utf8', env: { PATH: '/nonexistent' } },
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(
    'The walk needs systemd-nspawn, which is not on this machine: `apt-get install systemd-container`.',
  );
  expect(stderr).toContain('`apt-get install debootstrap`');
});
