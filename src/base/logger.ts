import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** From most to least; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Members that are blanked at the top and one or two levels below. */
const SECRET_MEMBERS = [
  'password',
  'passwd',
  'secret',
  'secrets',
  'token',
  'authorization',
  'cookie',
  'databaseUrl',
  'webhook-signature',
  'nonce',
  'keys',
  'body',
  'item',
  'form',
];

/**
 * Writes the log: one JSON object per line. Lines of level warn and above have a fixed message, so that they can be
 * counted and searched; values are members of their own.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
      redact: {
        paths: SECRET_MEMBERS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[redacted]',
      },
    },
    ...(destination === undefined ? [] : [destination]),
  );
}

/** Logs to standard error, apart from what a command prints. */
export function createStderrLogger(level: LogLevel): Logger {
  return createLogger(level, pino.destination({ dest: 2, sync: true }));
}

/** The logged part of an error: never the SQL that a driver adds, which may hold a client's data. */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, errno, sqlState, details } = error as Error & Record<string, unknown>;
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  return { type: error.name, code, errno, sqlState, details, stack: error.stack, ...cause };
}
