import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { ConfigurationError } from '../../src/base/errors.ts';
import { readConfig, readDatabaseUrl } from '../../src/config/config.ts';
import { type Environment, withSettings } from '../../src/config/index.ts';
import { valuesFromFiles } from '../../src/config/values-from-files.ts';
import { connectionOptions } from '../../src/db/index.ts';

const complete = {
  CREDITBRIDGE_DATABASE_URL: 'mysql://service:pa%2Fss@127.0.0.1:3306/whmcs',
  CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
  CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
};

function problemsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test('three variables are enough', () => {
  expect(readConfig(complete)).toMatchObject({
    listen: { kind: 'tcp', host: '127.0.0.1', port: 8481 },
    metricsListen: undefined,
    installation: undefined,
    whmcsUrl: undefined,
    rules: [],
    ruleTimeoutMs: 1000,
    textPatterns: [],
    logLevel: 'info',
  });
});

test('every problem is reported at once, each naming its variable', () => {
  const problems = problemsOf({
    CREDITBRIDGE_LISTEN: '0.0.0.0:8481',
    CREDITBRIDGE_DATABASE_URL: 'postgres://u:p@h/d',
    CREDITBRIDGE_SECRET_TO_SERVICE: 'whsec_short',
    CREDITBRIDGE_RULE_TIMEOUT_MS: 'soon',
    CREDITBRIDGE_LOG_LEVEL: 'loud',
    CREDITBRIDGE_WHMCS_URL: 'http://billing.example.com/',
    CREDITBRIDGE_INSTALLATION: 'mine',
  });
  expect(problems.map((problem) => problem.split(' ')[0]).toSorted()).toEqual([
    'CREDITBRIDGE_DATABASE_URL',
    'CREDITBRIDGE_INSTALLATION',
    'CREDITBRIDGE_LISTEN',
    'CREDITBRIDGE_LOG_LEVEL',
    'CREDITBRIDGE_RULE_TIMEOUT_MS',
    'CREDITBRIDGE_SECRET_TO_SERVICE',
    'CREDITBRIDGE_SECRET_TO_WHMCS',
    'CREDITBRIDGE_WHMCS_URL',
  ]);
});

test('a file of text patterns is read at once, and each of its problems is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-texts-'));
  const file = (content: string) => {
    const path = join(folder, 'texts.json');
    writeFileSync(path, content);
    return { ...complete, CREDITBRIDGE_TEXT_PATTERNS: path };
  };
  const patterns = [{ kind: 'deposit', text: 'Versement, facture {invoice}' }];
  expect(readConfig(file(JSON.stringify({ patterns }))).textPatterns).toEqual(patterns);

  const wrong = [
    { kind: 'deposit', text: 'Facture {number}' },
    { kind: 'bonus', text: 'Prime {invoice}' },
    { kind: 'refund', text: '{invoice}{text}' },
  ];
  const problems = problemsOf(file(JSON.stringify({ patterns: wrong, more: true })));
  const path = join(folder, 'texts.json');
  expect(problems).toEqual([
    `CREDITBRIDGE_TEXT_PATTERNS names ${path}, where patterns.0.text: has the place {number}; only {invoice} and {text} are known.`,
    `CREDITBRIDGE_TEXT_PATTERNS names ${path}, where patterns.1.kind: is none of invoice, return, deposit, overpayment, payment-to-credit, refund, downgrade, affiliate, mass-payment.`,
    `CREDITBRIDGE_TEXT_PATTERNS names ${path}, where patterns.2.text: has two places without text between them.`,
    `CREDITBRIDGE_TEXT_PATTERNS names ${path}, where patterns.2.text: has too few letters besides its places, so it would match any text.`,
    `CREDITBRIDGE_TEXT_PATTERNS names ${path}, where the file: Unrecognized key: "more".`,
  ]);
  expect(problemsOf(file('{'))[0]).toContain('which is not JSON');
  rmSync(folder, { recursive: true });
  expect(problemsOf({ ...complete, CREDITBRIDGE_TEXT_PATTERNS: path })[0]).toContain(
    'cannot be read',
  );
});

test('no problem repeats a secret or a password', () => {
  const secret = `${generateSecret()}x`;
  const problems = problemsOf({
    CREDITBRIDGE_DATABASE_URL: 'mysql://service:hunter2@127.0.0.1/',
    CREDITBRIDGE_SECRET_TO_SERVICE: secret,
    CREDITBRIDGE_SECRET_TO_WHMCS: secret,
  }).join();
  expect(problems).toContain('names no database');
  expect(problems).not.toContain(secret);
  expect(problems).not.toContain('hunter2');
});

test('an empty variable counts as absent', () => {
  expect(readConfig({ ...complete, CREDITBRIDGE_LISTEN: ' ' }).listen).toMatchObject({
    port: 8481,
  });
  expect(problemsOf({ ...complete, CREDITBRIDGE_SECRET_TO_WHMCS: '' })).toEqual([
    'CREDITBRIDGE_SECRET_TO_WHMCS is missing: copy it from the addon page of WHMCS.',
  ]);
});

test('while secrets rotate there are two, never three', () => {
  const two = `${generateSecret()}, ${generateSecret()}`;
  const { keys } = readConfig({ ...complete, CREDITBRIDGE_SECRET_TO_SERVICE: two });
  expect(keys.toService).toHaveLength(2);
  const three = `${two},${generateSecret()}`;
  expect(problemsOf({ ...complete, CREDITBRIDGE_SECRET_TO_SERVICE: three })).toHaveLength(1);
});

test('both directions never share a secret, not even an old one', () => {
  const shared = complete.CREDITBRIDGE_SECRET_TO_SERVICE;
  const problems = problemsOf({
    ...complete,
    CREDITBRIDGE_SECRET_TO_WHMCS: `${generateSecret()},${shared}`,
  });
  expect(problems).toEqual([expect.stringContaining('share a secret')]);
});

test.each(['0.0.0.0:8481', '192.0.2.7:80', '[::]:8481', 'billing.example.com:80'])(
  'listening on %s needs a word that this is meant',
  (listen) => {
    const env = { ...complete, CREDITBRIDGE_LISTEN: listen };
    expect(problemsOf(env)).toEqual([expect.stringContaining('CREDITBRIDGE_LISTEN_PUBLIC=yes')]);
    expect(problemsOf({ ...env, CREDITBRIDGE_LISTEN_PUBLIC: 'yes' })).toEqual([]);
  },
);

test.each(['127.0.0.1:1', '127.1.2.3:1', '[::1]:1', 'localhost:1', 'unix:/run/cb.sock'])(
  'listening on %s needs no more words',
  (listen) => {
    expect(problemsOf({ ...complete, CREDITBRIDGE_LISTEN: listen })).toEqual([]);
  },
);

test.each([
  ['https://billing.example.com/whmcs/', 'https://billing.example.com/whmcs'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
])('WHMCS at %s can be rung', (url, expected) => {
  expect(readConfig({ ...complete, CREDITBRIDGE_WHMCS_URL: url }).whmcsUrl).toBe(expected);
});

test.each(['http://billing.example.com', 'ftp://127.0.0.1', 'https://u:p@example.com', 'nowhere'])(
  'WHMCS at %s is not rung',
  (url) => {
    expect(problemsOf({ ...complete, CREDITBRIDGE_WHMCS_URL: url })).toHaveLength(1);
  },
);

test('migrate asks for its own variable and nothing else', () => {
  const url = 'mysql://owner:secret@127.0.0.1/whmcs';
  expect(
    readDatabaseUrl(
      { CREDITBRIDGE_MIGRATE_DATABASE_URL: url },
      'CREDITBRIDGE_MIGRATE_DATABASE_URL',
    ),
  ).toBe(url);
  expect(() => readDatabaseUrl(complete, 'CREDITBRIDGE_MIGRATE_DATABASE_URL')).toThrow(
    /CREDITBRIDGE_MIGRATE_DATABASE_URL is missing/,
  );
});

test('.env.example names every variable the configuration reads, and no other', () => {
  const source = readFileSync('src/config/config.ts', 'utf8');
  const example = readFileSync('.env.example', 'utf8');
  const names = (text: string, pattern: RegExp) =>
    [...new Set([...text.matchAll(pattern)].map((match) => match[1]))].toSorted();
  expect(names(example, /^(?:# )?(CREDITBRIDGE_[A-Z_]+)=/gm)).toEqual(
    names(source, /\b(CREDITBRIDGE_[A-Z_]+)/g),
  );
});

test.each([
  ['#', '%23'],
  ['/', '%2F'],
  ['?', '%3F'],
  ['%', '%25'],
])('a raw %s in the password of the database is named, with what to write', (raw, written) => {
  const problem = `has special characters in its user or password. Write ${raw} as ${written}.`;
  const urlWith = (password: string) => `mysql://service:${password}@127.0.0.1:3306/whmcs`;
  for (const [before, after] of [
    ['hun', 'ter2'],
    ['2', '4'],
    ['', 'x@y'],
  ]) {
    const url = urlWith(`${before}${raw}${after}`);
    expect(problemsOf({ ...complete, CREDITBRIDGE_DATABASE_URL: url })).toEqual([
      `CREDITBRIDGE_DATABASE_URL ${problem}`,
    ]);
    expect(() =>
      readDatabaseUrl(
        { CREDITBRIDGE_MIGRATE_DATABASE_URL: url },
        'CREDITBRIDGE_MIGRATE_DATABASE_URL',
      ),
    ).toThrow(`CREDITBRIDGE_MIGRATE_DATABASE_URL ${problem}`);
    const right = urlWith(`${before}${written}${after}`);
    expect(connectionOptions(right).password).toBe(`${before}${raw}${after}`);
  }
});

test('an @ in the password may be written as it is, and so may all else', () => {
  const CREDITBRIDGE_DATABASE_URL =
    'mysql://service:a@b:c&d!$*(")é@localhost/whmcs?socket=/run/my@sql.sock';
  expect(problemsOf({ ...complete, CREDITBRIDGE_DATABASE_URL })).toEqual([]);
  expect(connectionOptions(CREDITBRIDGE_DATABASE_URL)).toMatchObject({
    password: 'a@b:c&d!$*(")é',
    socketPath: '/run/my@sql.sock',
  });
});

test('the authority of the database’s certificate is a file that can be read, and the host has a name', () => {
  const url = (host: string, file: string) => `mysql://service:p@${host}/whmcs?ca=${file}`;
  const problemOf = (address: string) =>
    problemsOf({ ...complete, CREDITBRIDGE_DATABASE_URL: address });
  expect(problemOf(url('db.internal', import.meta.filename))).toEqual([]);
  expect(problemOf(url('db.internal', '/no/such.pem'))).toEqual([
    'CREDITBRIDGE_DATABASE_URL names /no/such.pem as ca, which cannot be read.',
  ]);
  for (const number of ['10.0.0.5:3306', '[fd00::5]']) {
    expect(problemOf(url(number, import.meta.filename))).toEqual([
      'CREDITBRIDGE_DATABASE_URL has a ca and a number as its host. A certificate is for a name: write the name of the host.',
    ]);
  }
});

test.each([
  ['CREDITBRIDGE_DATABSE_URL', 'Did you mean CREDITBRIDGE_DATABASE_URL?'],
  ['CREDITBRIDGE_LOGLEVEL', 'Did you mean CREDITBRIDGE_LOG_LEVEL?'],
  ['CREDIT_BRIDGE_LISTEN', 'Did you mean CREDITBRIDGE_LISTEN?'],
  ['CREDITBRIGDE_RULES', 'Did you mean CREDITBRIDGE_RULES?'],
  ['creditbridge_whmcs_url', 'Did you mean CREDITBRIDGE_WHMCS_URL?'],
  ['CREDITBRIDGE_DATABSE_URL_FILE', 'Did you mean CREDITBRIDGE_DATABASE_URL_FILE?'],
  ['CREDITBRIDGE_ENVFILE', 'Did you mean CREDITBRIDGE_ENV_FILE?'],
  ['CREDITBRIDGE_TOKN', 'Did you mean CREDITBRIDGE_TOKEN?'],
  ['CREDITBRIDGE_COLOUR_OF_MONEY', 'See .env.example for those there are.'],
])('the mistyped name %s is told, with the nearest right one', (name, hint) => {
  expect(problemsOf({ ...complete, [name]: 'x' })).toEqual([`${name} is not a setting. ${hint}`]);
  expect(() => readDatabaseUrl({ ...complete, [name]: 'x' }, 'CREDITBRIDGE_DATABASE_URL')).toThrow(
    `${name} is not a setting.`,
  );
});

test('variables of others are no mistyped ones', () => {
  const others = {
    PATH: '/bin',
    STATE_DIRECTORY: '/var/lib/creditbridge',
    CREDITBRIDGE_TOKEN: 'cbt_x',
    CREDITBRIDGE_SERVICE_HOST: '10.0.0.7',
    CREDITBRIDGE_PORT_8481_TCP_ADDR: '10.0.0.7',
    CREDITBRIDGE_MIGRATE_DATABASE_URL: 'mysql://owner:x@127.0.0.1/whmcs',
  };
  expect(problemsOf({ ...complete, ...others })).toEqual([]);
});

test('what threads and child processes inherit holds none of our variables, only the program gets them', async () => {
  process.env['CREDITBRIDGE_DATABASE_URL'] = complete.CREDITBRIDGE_DATABASE_URL;
  let given: Environment = {};
  const code = await withSettings(async (env) => {
    given = env;
    return 7;
  });
  expect(code).toBe(7);
  expect(given).toMatchObject({
    CREDITBRIDGE_DATABASE_URL: complete.CREDITBRIDGE_DATABASE_URL,
    PATH: process.env['PATH'],
  });
  expect(Object.keys(process.env).filter((name) => name.startsWith('CREDITBRIDGE_'))).toEqual([]);
});

test('secrets may stand in files, as vaults, containers and systemd hand them over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-secrets-'));
  try {
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const read = valuesFromFiles({
      CREDITBRIDGE_DATABASE_URL_FILE: file('url', `${complete.CREDITBRIDGE_DATABASE_URL}\n`),
      CREDITBRIDGE_SECRET_TO_SERVICE: '',
      CREDITBRIDGE_SECRET_TO_SERVICE_FILE: file('one', complete.CREDITBRIDGE_SECRET_TO_SERVICE),
      CREDITBRIDGE_SECRET_TO_WHMCS: complete.CREDITBRIDGE_SECRET_TO_WHMCS,
    });
    expect(read).toEqual(complete);
    expect(readConfig(read).databaseUrl).toBe(complete.CREDITBRIDGE_DATABASE_URL);
    const problems = problemsOfFiles({
      ...complete,
      CREDITBRIDGE_DATABASE_URL_FILE: join(folder, 'url'),
      CREDITBRIDGE_TOKEN_FILE: join(folder, 'gone'),
    });
    expect(problems).toEqual([
      'CREDITBRIDGE_DATABASE_URL and CREDITBRIDGE_DATABASE_URL_FILE are both set. Keep the one that is right.',
      expect.stringContaining(`CREDITBRIDGE_TOKEN_FILE names ${join(folder, 'gone')}`),
    ]);
    expect(problems.join()).not.toContain('pa%2Fss');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function problemsOfFiles(env: Environment): readonly string[] {
  try {
    valuesFromFiles(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
