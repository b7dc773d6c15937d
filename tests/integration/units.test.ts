import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, type TestContext, test } from 'vitest';
import { exitCodes } from '../../src/config/index.ts';
import { removeAtExit } from '../support/processes.ts';
import { searchPath } from '../support/requirements.mjs';

// The files in docs/systemd, as far as they can be tried without a machine that systemd has started.

const UNITS = join(import.meta.dirname, '../../docs/systemd');
const unit = readFileSync(join(UNITS, 'creditbridge.service'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-units-'));
removeAtExit(folder);
afterAll(() => rmSync(folder, { recursive: true }));

/** Of 10; systemd calls more than 2 “OK” at best. */
const EXPOSURE_MOST = 2;

function run(context: TestContext, command: string, ...args: readonly string[]) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: searchPath },
  });
  // Containers have no systemd; a machine that runs the service has it, as in `npm run release -- --walk`.
  context.skip(error !== undefined, `${command} is not on this machine.`);
  return { status, output: stdout + stderr };
}

test(`systemd rates the exposure of the unit at ${EXPOSURE_MOST} or less`, (context) => {
  const path = join(UNITS, 'creditbridge.service');
  const { output } = run(context, 'systemd-analyze', 'security', '--offline=true', path);
  const [, exposure] =
    /Overall exposure level for creditbridge\.service: ([\d.]+)/.exec(output) ?? [];
  expect(Number(exposure), output).toBeLessThanOrEqual(EXPOSURE_MOST);
});

test('systemd understands every line of the units', (context) => {
  for (const name of ['creditbridge', 'creditbridge-worker', 'creditbridge-user']) {
    const { output } = run(context, 'systemd-analyze', 'verify', join(UNITS, `${name}.service`));
    expect(output).not.toMatch(/Unknown|Failed to parse|ignoring/);
  }
});

test('the unit does not start again after a wrong setting or a taken address', () => {
  const [, codes = ''] = /^RestartPreventExitStatus=(.*)$/m.exec(unit) ?? [];
  expect(codes.split(' ').map(Number)).toEqual([exitCodes.configuration, exitCodes.address]);
});

test('Node cannot start under MemoryDenyWriteExecute, so no unit has it', () => {
  for (const name of ['creditbridge', 'creditbridge-user']) {
    const text = readFileSync(join(UNITS, `${name}.service`), 'utf8');
    expect(text).not.toMatch(/^MemoryDenyWriteExecute/m);
  }
});

test('logrotate takes the file in docs/systemd and goes on with the same file', (context) => {
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const log = join(logs, 'creditbridge.log');
  writeFileSync(log, 'one\n');
  const text = readFileSync(join(UNITS, 'creditbridge.logrotate'), 'utf8');
  const config = join(folder, 'creditbridge');
  writeFileSync(config, text.replace('/var/log/creditbridge/', `${logs}/`));
  const state = join(folder, 'state');
  const { status, output } = run(context, 'logrotate', '--force', '--state', state, config);
  expect({ status, output }).toEqual({ status: 0, output: '' });
  expect(readFileSync(`${log}.1`, 'utf8')).toBe('one\n');
  expect(readFileSync(log, 'utf8')).toBe('');
});
