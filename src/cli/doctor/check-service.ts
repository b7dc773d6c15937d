import { request } from 'node:http';
import { describeListenAddress, type ListenAddress } from '../../config/index.ts';
import type { Check } from './check.ts';

/** A service on this machine answers within milliseconds. */
const TIMEOUT_MS = 2000;

/** Whether a service answers where this configuration would have it listen. */
export async function checkService(listen: ListenAddress): Promise<Check> {
  const where = describeListenAddress(listen);
  const health = await statusOf(listen, '/health');
  if (health !== 200) {
    return {
      name: 'Service',
      level: 'bad',
      says: `Nothing healthy answers on ${where}.`,
      remedy: 'Start it (systemctl start creditbridge, or `creditbridge serve`) and read its log.',
    };
  }
  return (await statusOf(listen, '/ready')) === 200
    ? { name: 'Service', level: 'good', says: `Ready on ${where}.` }
    : {
        name: 'Service',
        level: 'bad',
        says: `Runs on ${where} but is not ready.`,
        remedy: 'The other checks and its log say why.',
      };
}

async function statusOf(listen: ListenAddress, path: string): Promise<number | undefined> {
  const to =
    listen.kind === 'unix'
      ? { socketPath: listen.path }
      : { host: isAny(listen.host) ? '127.0.0.1' : listen.host, port: listen.port };
  return new Promise((resolve) => {
    const call = request({ ...to, path, timeout: TIMEOUT_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.once('timeout', () => call.destroy());
    call.once('error', () => resolve(undefined));
    call.end();
  });
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
