import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type RunningProcess,
  removeAtExit,
  removeFolder,
  runProcess,
  startProcess,
} from './processes.ts';
import { phpFpm, searchPath } from './requirements.mjs';

export interface FpmRequest {
  /** Path of the PHP file in the file system. */
  readonly script: string;
  readonly method?: 'GET' | 'POST';
  /** Without the question mark. */
  readonly query?: string;
  readonly body?: string;
  readonly contentType?: string;
  /** More FastCGI variables, such as HTTP_COOKIE. */
  readonly variables?: Readonly<Record<string, string>>;
}

export interface FpmResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** How long the visitor waited; work done after fastcgi_finish_request() is not in it. */
  readonly durationMs: number;
}

export interface Fpm {
  readonly socketPath: string;
  request(request: FpmRequest): Promise<FpmResponse>;
  /** Everything PHP-FPM and its workers wrote, notices included. */
  log(): string;
  stop(): Promise<void>;
}

export interface FpmOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of php.ini, such as `{ error_reporting: '-1' }`. */
  readonly ini?: Readonly<Record<string, string>>;
  readonly workers?: number;
}

const START_LIMIT_MS = 60_000;

/** Starts PHP-FPM with a configuration and a socket of its own. */
export async function startFpm(options: FpmOptions = {}): Promise<Fpm> {
  const command = phpFpm();
  if (command === undefined) throw new Error('PHP-FPM was not found.');
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-fpm-'));
  removeAtExit(folder);
  const socketPath = join(folder, 'fpm.sock');
  const configuration = join(folder, 'fpm.conf');
  const logPath = join(folder, 'fpm.log');
  writeFileSync(configuration, configurationText(socketPath, logPath, options));
  const isRoot = userInfo().uid === 0;
  const server: RunningProcess = startProcess({
    command,
    args: ['--nodaemonize', '-y', configuration, ...(isRoot ? ['-R'] : [])],
    env: { ...options.env, PATH: searchPath },
    name: 'PHP-FPM',
  });
  const log = () => `${existsSync(logPath) ? readFileSync(logPath, 'utf8') : ''}${server.output()}`;
  const until = Date.now() + START_LIMIT_MS;
  while (!log().includes('ready to handle connections')) {
    if (server.hasExited() || Date.now() > until) {
      await server.stop();
      throw new Error(`PHP-FPM did not start:\n${log()}`);
    }
    await sleep(20);
  }
  return {
    socketPath,
    request: (request) => sendRequest(socketPath, request),
    log,
    async stop() {
      await server.stop();
      removeFolder(folder);
    },
  };
}

function configurationText(socketPath: string, logPath: string, options: FpmOptions): string {
  const lines = [
    '[global]',
    `error_log = ${logPath}`,
    '[www]',
    ...(userInfo().uid === 0 ? ['user = root', 'group = root'] : []),
    `listen = ${socketPath}`,
    'pm = static',
    `pm.max_children = ${options.workers ?? 2}`,
    'catch_workers_output = yes',
    'decorate_workers_output = no',
    'clear_env = no',
    ...Object.entries(options.ini ?? {}).map(([key, value]) => `php_value[${key}] = ${value}`),
  ];
  return `${lines.join('\n')}\n`;
}

async function sendRequest(socketPath: string, request: FpmRequest): Promise<FpmResponse> {
  const body = request.body ?? '';
  const startedAt = performance.now();
  const client = await runProcess({
    command: 'cgi-fcgi',
    args: ['-bind', '-connect', socketPath],
    env: {
      PATH: searchPath,
      GATEWAY_INTERFACE: 'CGI/1.1',
      SERVER_PROTOCOL: 'HTTP/1.1',
      REQUEST_METHOD: request.method ?? (body === '' ? 'GET' : 'POST'),
      SCRIPT_FILENAME: request.script,
      SCRIPT_NAME: `/${request.script.split('/').at(-1)}`,
      REQUEST_URI: `/${request.script.split('/').at(-1)}?${request.query ?? ''}`,
      QUERY_STRING: request.query ?? '',
      CONTENT_TYPE: request.contentType ?? 'application/x-www-form-urlencoded',
      CONTENT_LENGTH: String(Buffer.byteLength(body)),
      REMOTE_ADDR: '127.0.0.1',
      SERVER_NAME: 'localhost',
      HTTP_HOST: 'localhost',
      ...request.variables,
    },
    input: body,
  });
  return parseResponse(client.stdout().toString('utf8'), performance.now() - startedAt);
}

function parseResponse(text: string, durationMs: number): FpmResponse {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`PHP-FPM answered without headers: ${text}`);
  const headers = new Map<string, string>();
  for (const line of text.slice(0, end).split('\r\n')) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const status = Number.parseInt(headers.get('status') ?? '200', 10);
  return { status, headers, body: text.slice(end + 4), durationMs };
}
