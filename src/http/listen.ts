import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Fault } from '../base/index.ts';
import { describeListenAddress, type ListenAddress } from '../config/index.ts';
import { setAnswerHeaders } from './answer-headers.ts';

/** The server cannot listen on the address; the message says what to do. */
export class ListenError extends Fault {}

export interface Listening {
  /** The actual address: for port 0, with the port that the system chose. */
  readonly address: ListenAddress;
  /**
   * Stops accepting, answers calls in flight, and cuts off those that take longer than the limit.
   *
   * @returns the number of connections cut off.
   */
  close(limitMs: number): Promise<number>;
}

/** A shim never takes longer than these for its headers or a whole request. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than the pause between two calls of a busy shim, so that it can reuse its connection. */
const KEEP_ALIVE_TIMEOUT_MS = 20_000;
/** How often idle connections are closed while stopping. */
const IDLE_LOOK_MS = 20;
/** The shim sends about ten. */
const HEADERS_MAX = 64;
/** More calls at once only wait for each other; the shim keeps the messages of refused calls. */
const CONNECTIONS_MAX = 1024;
/** Owner and group: the web server's user joins the service's group, or both are one. */
const SOCKET_MODE = 0o660;

/**
 * Listens for HTTP.
 *
 * @param setting names the variable to change when the address is not available.
 * @throws {ListenError} when the address is taken, not ours, or not permitted.
 */
export async function listen(
  handler: RequestListener,
  address: ListenAddress,
  setting = 'CREDITBRIDGE_LISTEN',
): Promise<Listening> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      setAnswerHeaders(response);
      handler(request, response);
    },
  );
  server.maxHeadersCount = HEADERS_MAX;
  server.maxConnections = CONNECTIONS_MAX;
  if (address.kind === 'unix') await removeStaleSocket(address.path);
  await bind(server, address, setting);
  if (address.kind === 'unix') chmodSync(address.path, SOCKET_MODE);
  return { address: actualAddress(server, address), close: (limitMs) => close(server, limitMs) };
}

async function bind(server: Server, address: ListenAddress, setting: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, address, setting)));
    server.listen(address.kind === 'unix' ? { path: address.path } : { ...address }, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

async function close(server: Server, limitMs: number): Promise<number> {
  let cut = 0;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Otherwise a connection stays open after its last answer, for a next call.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  const limit = setTimeout(() => {
    server.getConnections((_error, count) => {
      cut = count;
      server.closeAllConnections();
    });
  }, limitMs);
  await closed;
  clearInterval(idle);
  clearTimeout(limit);
  return cut;
}

function actualAddress(server: Server, address: ListenAddress): ListenAddress {
  const actual = server.address() as AddressInfo | string | null;
  return typeof actual === 'object' && actual !== null && address.kind === 'tcp'
    ? { ...address, port: actual.port }
    : address;
}

/** Removes a socket file that nobody answers on: a killed process left it. */
async function removeStaleSocket(path: string): Promise<void> {
  const isSocket = lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
  if (isSocket && !(await isAnswered(path))) unlinkSync(path);
}

async function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function explain(
  error: NodeJS.ErrnoException,
  address: ListenAddress,
  setting: string,
): ListenError {
  const where = describeListenAddress(address);
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE:
      address.kind === 'tcp'
        ? `Port ${address.port} on ${address.host} is taken by another program. Stop that one (ss -ltnp shows it), or choose another port in ${setting}${setting === 'CREDITBRIDGE_LISTEN' ? ' and on the addon page' : ''}.`
        : `Another program listens on ${address.path}. Stop that one, or choose another path in ${setting}.`,
    // Node reports a missing folder with the same code.
    EACCES:
      address.kind === 'tcp'
        ? `The user this runs as may not listen on ${where}. Choose a port above 1023.`
        : `The folder of ${address.path} does not exist, or the user this runs as may not write to it.`,
    EADDRNOTAVAIL: `${where} is not an address of this machine.`,
  };
  const code = error.code === 'EADDRINUSE' ? 'address-in-use' : 'address-not-available';
  const sentence = sentences[error.code ?? ''] ?? `Cannot listen on ${where}: ${error.message}.`;
  return new ListenError(code, sentence, { cause: error });
}
