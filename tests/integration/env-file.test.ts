import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvFile } from '../../src/config/read-env-file.ts';
import { removeAtExit } from '../support/processes.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-env-'));
removeAtExit(folder);
const path = join(folder, '.env');
afterAll(() => rmSync(folder, { recursive: true }));

/** Somebody without rights. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

interface Start {
  /** Also the group; the test's own when absent. */
  readonly uid?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** How a program of ours ends in the folder of the file, and what it says. */
function run(program: string, args: readonly string[] = [], { uid, env = {} }: Start = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, program), ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return { status, output: stdout + stderr };
}

test.each([
  ['src/main.ts', []],
  ['src/cli/main.ts', ['serve']],
  ['src/cli/main.ts', ['migrate']],
  ['src/cli/main.ts', ['doctor']],
] as const)(
  '%s %j with a .env that cannot be used ends with 3 and one sentence',
  (program, args) => {
    mkdirSync(path);
    const { status, output } = run(program, args);
    rmSync(path, { recursive: true });
    expect({ status, output }).toEqual({
      status: 3,
      output: `The configuration is wrong:\n- ${path} is a folder. Put the settings into a file of this name, or remove the folder.\n`,
    });
  },
);

test('a .env that the user may not read ends the service with 3 and says whom to give the right', () => {
  writeFileSync(path, 'CREDITBRIDGE_LOG_LEVEL=info\n', { mode: 0o600 });
  // For root every file is readable.
  if (!isRoot) chmodSync(path, 0o000);
  chmodSync(folder, 0o755);
  const { status, output } = run('src/main.ts', [], {
    uid: isRoot ? NOBODY : undefined,
  });
  rmSync(path);
  expect({ status, output }).toEqual({
    status: 3,
    output: `The configuration is wrong:\n- ${path} cannot be read (EACCES). Run this as root or as the service's own user, or let the user that this runs as read it (chown, chmod 640). Remove it if the settings come from elsewhere.\n`,
  });
});

const RAW = 'mysql://u:hunter#2@127.0.0.1/whmcs';

test('a raw # in the database password of .env ends the service with 3 and says what to write', () => {
  writeFileSync(path, `CREDITBRIDGE_DATABASE_URL=${RAW}\n`);
  const { status, output } = run('src/main.ts');
  rmSync(path);
  expect(status).toBe(3);
  expect(output).toContain('which would be cut off');
  expect(output).not.toContain('hunter');
});

test.each([
  ['src/main.ts', [], 'CREDITBRIDGE_DATABASE_URL'],
  ['src/cli/main.ts', ['migrate'], 'CREDITBRIDGE_MIGRATE_DATABASE_URL'],
] as const)(
  '%s %j with a mistyped name in .env and a raw # in the password of the environment ends with 3 and names both',
  (program, args, variable) => {
    writeFileSync(path, 'CREDITBRIDGE_LOG_LEVLE=info\n');
    const { status, output } = run(program, args, { env: { [variable]: RAW } });
    rmSync(path);
    expect(status).toBe(3);
    expect(output).toContain('CREDITBRIDGE_LOG_LEVLE is not a setting. Did you mean');
    expect(output).toContain(`${variable} has special characters`);
    expect(output).toContain('# as %23');
    expect(output).not.toContain('hunter');
  },
);

test('a reader that has had enough, such as head, ends a command without a word', () => {
  const command = `${process.execPath} ${join(ROOT, 'src/cli/main.ts')} --help | true`;
  const { stderr } = spawnSync('sh', ['-c', command], { cwd: folder, env: {}, encoding: 'utf8' });
  expect(stderr).toBe('');
});

function problemsIn(content: string | Buffer): string {
  writeFileSync(path, content);
  try {
    readEnvFile(path);
    return '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    rmSync(path);
  }
}

test.each([
  [
    'a raw # in a value',
    'CREDITBRIDGE_DATABASE_URL=mysql://u:hunter#2@h/whmcs',
    'which would be cut off',
  ],
  ['a line without =', 'A=1\nhunter#2', 'line 2 is not of the form NAME=value'],
  ['a name with a blank', 'MY NAME=hunter#2', 'is not of the form NAME=value'],
  ['a quotation mark that is never closed', 'A="hunter#2', 'a quotation mark that does not end it'],
  [
    'one that another line closes',
    'A="hunter#2\nB="x"',
    'line 1: the value of A begins with a quot',
  ],
  ['text behind the closing one', "A='x'hunter#2", 'a quotation mark that does not end it'],
  ['a variable that is set twice', 'A=1\nB=2\nA=hunter', 'line 3: A is set in line 1 already'],
  ['another encoding', Buffer.from('A=h\xfcnter', 'latin1'), 'is not UTF-8'],
  ['UTF-16', Buffer.from('\ufeffA=hunter', 'utf16le'), 'is not UTF-8'],
])('%s is refused and not repeated', (_what, content, problem) => {
  const problems = problemsIn(content);
  expect(problems).toContain(problem);
  expect(problems).not.toContain('hunter');
});

test('what is unmistakable is read as it stands', () => {
  writeFileSync(
    path,
    '\ufeff# comment\r\n\r\nA=1\r\nexport B = two words # comment\r\nC="a#b" # comment\r\nD=\'it is "so"\'\nE=\n',
  );
  expect(readEnvFile(path)).toEqual({ A: '1', B: 'two words', C: 'a#b', D: 'it is "so"', E: '' });
  rmSync(path);
  expect(readEnvFile(path)).toEqual({});
});

test('no variable of .env replaces one that is set', () => {
  writeFileSync(path, 'CREDITBRIDGE_LOG_LEVEL=loud\nCREDITBRIDGE_LISTEN=nowhere\n');
  const { status, output } = run('src/main.ts', [], {
    env: { CREDITBRIDGE_LISTEN: '127.0.0.1:0' },
  });
  rmSync(path);
  expect(status).toBe(3);
  expect(output).toContain('CREDITBRIDGE_LOG_LEVEL is none of');
  expect(output).not.toContain('nowhere');
});
