import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { parseSecret } from '../../bridge/index.ts';
import { ConfigurationError, LOG_LEVELS, type LogLevel } from '../base/index.ts';
import type { TextPattern } from '../ledger/index.ts';
import { databaseUrlProblem } from './database-url-problem.ts';
import type { Environment } from './environment.ts';
import {
  isLocal,
  isLoopbackHost,
  type ListenAddress,
  parseListenAddress,
} from './listen-address.ts';
import { mistypedNames } from './mistyped-names.ts';
import { readTextPatterns } from './read-text-patterns.ts';
import { stateDirectory } from './state-directory.ts';

/** The configuration from the environment. `.env.example` and docs/operators.md explain each variable. */
export interface Config {
  readonly listen: ListenAddress;
  /** Where Prometheus reads the metrics; undefined: no metrics. */
  readonly metricsListen: ListenAddress | undefined;
  readonly databaseUrl: string;
  readonly keys: BridgeKeys;
  /** The only installation to serve; undefined: the one in the settings row. */
  readonly installation: string | undefined;
  /** WHMCS's system URL, to ring its doorbell; undefined: never rings. */
  readonly whmcsUrl: string | undefined;
  /** Folders and packages with the provider's rules. */
  readonly rules: readonly string[];
  readonly ruleTimeoutMs: number;
  /** Days to keep the content of deliveries. */
  readonly keepPayloadsDays: number;
  /** Days to keep deliveries and decisions that changed nothing. Rows about moved money are kept for ever. */
  readonly keepRecordsDays: number;
  /** Texts of the credit log in other languages, added to the built-in ones. */
  readonly textPatterns: readonly TextPattern[];
  /** The folder for data that must survive a restore of the database. */
  readonly stateDirectory: string;
  readonly logLevel: LogLevel;
}

/** HMAC keys by direction: the new secret first, then the old one while secrets rotate. */
export interface BridgeKeys {
  readonly toService: readonly KeyObject[];
  readonly toWhmcs: readonly KeyObject[];
}

/** During a rotation there is a new and an old secret; a third means that a rotation was left unfinished. */
const SECRETS_MAX = 2;
/** Below `least` a rule can hardly start; above `most` the request from WHMCS is long gone. */
const RULE_TIMEOUT_MS = { least: 10, usual: 1000, most: 60_000 };
/** A month is enough to examine a delivery; thirteen months allow comparison with the same month last year. */
const KEEP_DAYS = { least: 1, payloads: 30, records: 396, most: 3660 };
/** Sweeps look back thirty days for payments without a hook, and need to see which payments had one. */
const RECORDS_LEAST_DAYS = 31;

const listen = z.string().transform((text, context) => {
  return (
    parseListenAddress(text) ??
    issue(context, `is "${text}"; expected is host:port or unix:/path/to/socket.`)
  );
});

const databaseUrl = z.string().superRefine((text, context) => {
  const problem = databaseUrlProblem(text);
  if (problem !== undefined) issue(context, problem);
});

const secrets = z.string().transform((text, context) => {
  const parts = splitList(text);
  if (parts.length > SECRETS_MAX) return issue(context, 'holds more than a new and an old secret.');
  try {
    return parts.map(parseSecret);
  } catch {
    return issue(
      context,
      'is not a secret: expected is "whsec_" and base64, as on the addon page.',
    );
  }
});

const whmcsUrl = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const secure = url?.protocol === 'https:';
  const local = url?.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (url === null || !(secure || local) || url.username !== '') {
    return issue(context, 'is neither an https address nor an http address of this machine.');
  }
  return url.href.replace(/\/$/, '');
});

const textPatterns = z.string().transform((path, context) => {
  const { patterns, problems } = readTextPatterns(path);
  for (const problem of problems) issue(context, problem);
  return patterns;
});

function wholeNumber(
  unit: string,
  { least, most }: { readonly least: number; readonly most: number },
) {
  return z.coerce
    .number(`is not a number of ${unit}.`)
    .int(`is not a whole number of ${unit}.`)
    .min(least, `is less than ${least} ${unit}.`)
    .max(most, `is more than ${most} ${unit}.`);
}

/** All variables; an empty one counts as absent. Problems read as "<variable> <message>". */
const environment = z.object({
  CREDITBRIDGE_LISTEN: listen.prefault('127.0.0.1:8481'),
  CREDITBRIDGE_LISTEN_PUBLIC: z.literal('yes', 'is neither "yes" nor absent.').optional(),
  CREDITBRIDGE_METRICS_LISTEN: listen.optional(),
  CREDITBRIDGE_DATABASE_URL: z
    .string(
      'is missing: mysql://user:password@host:3306/database. `creditbridge init` writes the settings.',
    )
    .pipe(databaseUrl),
  CREDITBRIDGE_SECRET_TO_SERVICE: z
    .string('is missing: copy it from the addon page of WHMCS.')
    .pipe(secrets),
  CREDITBRIDGE_SECRET_TO_WHMCS: z
    .string('is missing: copy it from the addon page of WHMCS.')
    .pipe(secrets),
  CREDITBRIDGE_INSTALLATION: z.guid('is not a UUID.').optional(),
  CREDITBRIDGE_WHMCS_URL: whmcsUrl.optional(),
  CREDITBRIDGE_RULES: z.string().transform(splitList).prefault(''),
  CREDITBRIDGE_RULE_TIMEOUT_MS: wholeNumber('ms', RULE_TIMEOUT_MS).prefault(RULE_TIMEOUT_MS.usual),
  CREDITBRIDGE_KEEP_PAYLOADS_DAYS: wholeNumber('days', KEEP_DAYS).prefault(KEEP_DAYS.payloads),
  CREDITBRIDGE_KEEP_RECORDS_DAYS: wholeNumber('days', {
    ...KEEP_DAYS,
    least: RECORDS_LEAST_DAYS,
  }).prefault(KEEP_DAYS.records),
  CREDITBRIDGE_TEXT_PATTERNS: textPatterns.optional(),
  CREDITBRIDGE_STATE_DIRECTORY: z
    .string()
    .startsWith('/', 'is not the whole path of a folder, from / on.')
    .optional(),
  CREDITBRIDGE_LOG_LEVEL: z
    .enum(LOG_LEVELS, `is none of ${LOG_LEVELS.join(', ')}.`)
    .prefault('info'),
});

/** The address of an account that may change tables; for commands, never for the service. */
export const MIGRATE_DATABASE_URL = 'CREDITBRIDGE_MIGRATE_DATABASE_URL';

const NAMES = [...Object.keys(environment.shape), MIGRATE_DATABASE_URL];

/**
 * Reads the configuration of the service.
 *
 * @throws {ConfigurationError} with every problem at once, and without the value of any secret or password.
 */
export function readConfig(env: Environment): Config {
  const given = withoutEmpty(env);
  const parsed = environment.safeParse(given);
  const problems = [
    ...(parsed.success ? [] : describe(parsed.error)),
    ...mistypedNames(given, NAMES),
    ...publicAddresses(given),
    ...sharedSecrets(given),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(problems);
  const values = parsed.data;
  return {
    listen: values.CREDITBRIDGE_LISTEN,
    metricsListen: values.CREDITBRIDGE_METRICS_LISTEN,
    databaseUrl: values.CREDITBRIDGE_DATABASE_URL,
    keys: {
      toService: values.CREDITBRIDGE_SECRET_TO_SERVICE,
      toWhmcs: values.CREDITBRIDGE_SECRET_TO_WHMCS,
    },
    installation: values.CREDITBRIDGE_INSTALLATION,
    whmcsUrl: values.CREDITBRIDGE_WHMCS_URL,
    rules: values.CREDITBRIDGE_RULES,
    ruleTimeoutMs: values.CREDITBRIDGE_RULE_TIMEOUT_MS,
    keepPayloadsDays: values.CREDITBRIDGE_KEEP_PAYLOADS_DAYS,
    keepRecordsDays: values.CREDITBRIDGE_KEEP_RECORDS_DAYS,
    textPatterns: values.CREDITBRIDGE_TEXT_PATTERNS ?? [],
    stateDirectory: stateDirectory(env),
    logLevel: values.CREDITBRIDGE_LOG_LEVEL,
  };
}

const MISSING = {
  CREDITBRIDGE_DATABASE_URL: 'is missing: mysql://user:password@host:3306/database.',
  [MIGRATE_DATABASE_URL]:
    'is missing: mysql://user:password@host:3306/database, or mysql://root@localhost/database?socket=/run/mysqld/mysqld.sock, with an account that may CREATE and ALTER. Set it for this command alone, or put it into migrate.env beside the settings, which only root may read (chmod 600).',
} as const;

/**
 * Reads one variable that holds a database address, for commands that need nothing else.
 *
 * @throws {ConfigurationError}
 */
export function readDatabaseUrl(
  env: Environment,
  variable: 'CREDITBRIDGE_DATABASE_URL' | typeof MIGRATE_DATABASE_URL,
): string {
  const text = env[variable] ?? '';
  const problem = text === '' ? MISSING[variable] : databaseUrlProblem(text);
  const problems = [
    ...(problem === undefined ? [] : [`${variable} ${problem}`]),
    ...mistypedNames(withoutEmpty(env), NAMES),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
  return text;
}

/** Finds addresses that other machines can reach, unless the configuration allows this. */
function publicAddresses(env: Environment): string[] {
  if (env['CREDITBRIDGE_LISTEN_PUBLIC'] === 'yes') return [];
  return ['CREDITBRIDGE_LISTEN', 'CREDITBRIDGE_METRICS_LISTEN'].flatMap((name) => {
    const address = parseListenAddress(env[name] ?? '');
    return address === undefined || isLocal(address)
      ? []
      : `${name} can be reached from other machines. Listen on 127.0.0.1 behind a proxy that speaks https, or set CREDITBRIDGE_LISTEN_PUBLIC=yes where a container or firewall shields it.`;
  });
}

/** Finds a secret used in both directions: with it, either side could speak for the other. */
function sharedSecrets(env: Environment): string[] {
  const toWhmcs = new Set(splitList(env['CREDITBRIDGE_SECRET_TO_WHMCS'] ?? ''));
  return splitList(env['CREDITBRIDGE_SECRET_TO_SERVICE'] ?? '').some((text) => toWhmcs.has(text))
    ? [
        'CREDITBRIDGE_SECRET_TO_SERVICE and CREDITBRIDGE_SECRET_TO_WHMCS share a secret; each direction needs its own.',
      ]
    : [];
}

function splitList(text: string): string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

function describe(error: z.ZodError): string[] {
  return error.issues.map((one) => `${String(one.path[0])} ${one.message}`);
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
}

function issue(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
