import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { ConfigurationError } from '../../base/index.ts';
import { type Environment, MIGRATE_DATABASE_URL, readConfig } from '../../config/index.ts';
import type { CommandContext } from '../command-context.ts';

/** What `init` can be told on the command line. */
export interface InitOptions {
  readonly database?: string;
  readonly migrateDatabase?: string;
  readonly whmcsUrl?: string;
  readonly listen?: string;
  /** A file with the two lines that the addon page shows. */
  readonly secrets?: string;
  readonly host: string;
}

export interface Answers {
  /** The settings of the service, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** The address of the account that may change tables; empty when nobody gave one. */
  readonly ownerUrl: string;
  /** Whether the password of the service's account was made here, so that the account is not there yet. */
  readonly isNewAccount: boolean;
}

const DATABASE = 'CREDITBRIDGE_DATABASE_URL';
const TO_SERVICE = 'CREDITBRIDGE_SECRET_TO_SERVICE';
const TO_WHMCS = 'CREDITBRIDGE_SECRET_TO_WHMCS';
/** Where Debian's MariaDB and MySQL listen. */
const SOCKET = '/run/mysqld/mysqld.sock';
const PASSWORD_BYTES = 24;

interface Question {
  readonly name: string;
  readonly text: string;
  readonly usual?: string;
  readonly kind?: 'secret';
}

/**
 * Gathers the settings: from the command line, from the environment, and from whoever sits at the terminal.
 *
 * @throws {ConfigurationError} with everything that is missing or wrong.
 */
export async function gatherAnswers(
  options: InitOptions,
  { given, terminal: { ask } }: CommandContext,
): Promise<Answers> {
  const told: Record<string, string | undefined> = {
    ...given,
    ...secretsIn(options.secrets),
    ...withoutUndefined({
      [DATABASE]: options.database,
      [MIGRATE_DATABASE_URL]: options.migrateDatabase,
      CREDITBRIDGE_WHMCS_URL: options.whmcsUrl,
      CREDITBRIDGE_LISTEN: options.listen,
    }),
  };
  for (const { name, text, usual = '', kind } of ask === undefined ? [] : questions()) {
    if ((told[name] ?? '') !== '') continue;
    const answer = await ask?.(`${text}${usual === '' ? '' : ` [${usual}]`}: `, kind);
    told[name] = withoutName(name, answer || usual);
  }
  const { url, isNew } = withPassword(told[DATABASE] ?? '');
  const settings = withoutUndefined({ ...settingsIn(told), [DATABASE]: url });
  const ownerUrl = told[MIGRATE_DATABASE_URL] ?? '';
  delete settings[MIGRATE_DATABASE_URL];
  readConfig(settings);
  return { settings, ownerUrl, isNewAccount: isNew };
}

function questions(): readonly Question[] {
  const hasSocket = existsSync(SOCKET);
  const isRoot = process.getuid?.() === 0;
  const address = (user: string) => `mysql://${user}@localhost/whmcs?socket=${SOCKET}`;
  return [
    {
      name: DATABASE,
      text: 'Address of WHMCS’s database, with the account of the service (without a password, one is made)',
      ...(hasSocket ? { usual: address('creditbridge') } : {}),
    },
    {
      name: MIGRATE_DATABASE_URL,
      text: 'Address of an account that may create tables there; only root will read it (empty: asked for when needed)',
      ...(hasSocket && isRoot ? { usual: address('root') } : { kind: 'secret' }),
    },
    { name: 'CREDITBRIDGE_WHMCS_URL', text: 'System URL of WHMCS' },
    {
      name: TO_SERVICE,
      text: `${TO_SERVICE}, as Show the secrets prints it under Connection on the addon page`,
      kind: 'secret',
    },
    { name: TO_WHMCS, text: `${TO_WHMCS}, the line below it`, kind: 'secret' },
  ];
}

/** The whole line is copied as easily as the value. */
function withoutName(name: string, answer: string): string {
  return answer.startsWith(`${name}=`) ? answer.slice(name.length + 1).trim() : answer;
}

function secretsIn(file: string | undefined): Environment {
  if (file === undefined) return {};
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([`--secrets names ${file}, which cannot be read (${code}).`]);
  }
  const found = (name: string) => new RegExp(`^\\s*${name}=(\\S+)\\s*$`, 'm').exec(text)?.[1];
  const read: Environment = { [TO_SERVICE]: found(TO_SERVICE), [TO_WHMCS]: found(TO_WHMCS) };
  const absent = Object.keys(read).filter((name) => read[name] === undefined);
  if (absent.length === 0) return read;
  throw new ConfigurationError(
    absent.map(
      (name) =>
        `--secrets names ${file}, which has no line ${name}=…. Copy both lines of Show the secrets, under Connection on the addon page, into it.`,
    ),
  );
}

/** Makes a password that needs no %XX where the address has none. */
function withPassword(address: string): { readonly url: string; readonly isNew: boolean } {
  const url = URL.parse(address);
  if (url === null || url.username === '' || url.password !== '') {
    return { url: address, isNew: false };
  }
  url.password = randomBytes(PASSWORD_BYTES).toString('base64url');
  return { url: url.href, isNew: true };
}

/** Our variables among these. */
function settingsIn(values: Environment): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        name.startsWith('CREDITBRIDGE_') && name !== 'CREDITBRIDGE_ENV_FILE' && value,
    ),
  );
}

function withoutUndefined(
  values: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
