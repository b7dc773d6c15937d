import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { JUST_STARTED } from '../../app/index.ts';
import { describeListenAddress, type ListenAddress } from '../../config/index.ts';
import type { Check } from './check.ts';

/** A service on this machine answers within milliseconds. */
const TIMEOUT_MS = 2000;
/** systemd says that a service is started before it listens; on a busy server that takes seconds. */
const STARTING_MS = 8000;
const PAUSE_MS = 250;
/** systemd makes it when the unit is started, and removes it when the unit has stopped. */
const RUNTIME_DIRECTORY = '/run/creditbridge';

/** Whether a service answers where this configuration would have it listen. One that is just being started is waited for. */
export async function checkService(listen: ListenAddress): Promise<Check> {
  for (const until = Date.now() + STARTING_MS; ; await sleep(PAUSE_MS)) {
    const check = await look(listen);
    const isStarting =
      check.says.includes(JUST_STARTED) ||
      (check.says.startsWith(SILENT) && existsSync(RUNTIME_DIRECTORY));
    if (!isStarting || Date.now() > until) return check;
  }
}

const SILENT = 'Nothing healthy answers';

async function look(listen: ListenAddress): Promise<Check> {
  const where = describeListenAddress(listen);
  const health = await ask(listen, '/health');
  if (health?.status !== 200) {
    return {
      name: 'Service',
      level: 'bad',
      says: `${SILENT} on ${where}.`,
      remedy: 'Start it (systemctl start creditbridge, or `creditbridge serve`) and read its log.',
    };
  }
  const ready = await ask(listen, '/ready');
  if (ready?.status === 200) return { name: 'Service', level: 'good', says: `Ready on ${where}.` };
  return {
    name: 'Service',
    level: 'bad',
    says: `Runs on ${where} but is not ready. ${reasonIn(ready?.body)}`.trim(),
    remedy: 'Its log says more.',
  };
}

/** Why it is not ready, in its own words; empty when another program answers there. */
function reasonIn(body = '{}'): string {
  try {
    const { reason = '' } = JSON.parse(body) as { readonly reason?: unknown };
    return String(reason);
  } catch {
    return '';
  }
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

async function ask(listen: ListenAddress, path: string): Promise<Answer | undefined> {
  const to =
    listen.kind === 'unix'
      ? { socketPath: listen.path }
      : { host: isAny(listen.host) ? '127.0.0.1' : listen.host, port: listen.port };
  return new Promise((resolve) => {
    const call = request({ ...to, path, timeout: TIMEOUT_MS, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, body }),
        () => resolve(undefined),
      );
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(undefined));
    call.end();
  });
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
