import { Writable } from 'node:stream';
import { v7 as newId } from 'uuid';
import {
  type Address,
  generateSecret,
  parseSecret,
  replyId,
  sign,
  verify,
} from '../../bridge/index.ts';
import { createApp } from '../../src/app/create-app.ts';
import { type RunningServer, startServer } from '../../src/app/start-server.ts';
import { createLogger } from '../../src/base/logger.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import type { ServiceDatabase } from './service-database.ts';
import { stateFolder } from './state-folder.ts';

/** The real service in this process, on a port of its own, and a shim's way to talk to it. */
export interface TestService {
  readonly url: string;
  readonly metricsUrl: string;
  readonly config: Config;
  readonly secrets: Secrets;
  /** Everything it logged, a JSON object per line. */
  log(): string;
  /** Sends a signed request; the envelope's members are added where the body does not have them. */
  call(address: Address, body: object, options?: SendOptions): Promise<SignedReply>;
  /** Sends bytes as they are. */
  send(path: string, bytes: string | Buffer, options?: SendOptions): Promise<SignedReply>;
  stop(): Promise<void>;
}

export interface Secrets {
  readonly toService: string;
  readonly toWhmcs: string;
}

export interface SendOptions {
  readonly id?: string;
  /** Seconds that the sender's clock is ahead. */
  readonly aheadSeconds?: number;
  /** Signs with another secret than the shim's. */
  readonly secret?: string;
  /** Replaces headers, or leaves them out where undefined. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What is sent, where it is not what was signed. */
  readonly sent?: string | Buffer;
}

export interface SignedReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; empty for an empty one. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether the reply is signed by the service over this request's id. */
  readonly signed: boolean;
}

/** Starts it and waits until its database is fit for work. */
export async function startTestService(
  database: ServiceDatabase,
  env: Readonly<Record<string, string>> = {},
): Promise<TestService> {
  const secrets = { toService: generateSecret(), toWhmcs: generateSecret() };
  const config = readConfig({
    CREDITBRIDGE_LISTEN: '127.0.0.1:0',
    CREDITBRIDGE_METRICS_LISTEN: '127.0.0.1:0',
    CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
    STATE_DIRECTORY: stateFolder(),
    CREDITBRIDGE_SECRET_TO_SERVICE: secrets.toService,
    CREDITBRIDGE_SECRET_TO_WHMCS: secrets.toWhmcs,
    CREDITBRIDGE_LOG_LEVEL: 'debug',
    ...env,
  });
  const lines: string[] = [];
  const log = createLogger(
    config.logLevel,
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  const app = await createApp(config, log);
  const server = await startServer(app, config, log);
  await app.readiness.fit;
  const url = urlOf(server.address);

  const send: TestService['send'] = async (path, bytes, options = {}) => {
    const id = options.id ?? newId();
    const timestamp = Math.floor(Date.now() / 1000) + (options.aheadSeconds ?? 0);
    const key = parseSecret(options.secret ?? secrets.toService);
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': sign([key], id, timestamp, bytes),
      ...options.headers,
    };
    const response = await fetch(url + path, {
      method: 'POST',
      headers: Object.entries(headers).filter(
        (header): header is [string, string] => header[1] !== undefined,
      ),
      body: new Uint8Array(Buffer.from(options.sent ?? bytes)),
    });
    return readReply(response, id, secrets);
  };
  return {
    url,
    metricsUrl: urlOf(server.metricsAddress),
    config,
    secrets,
    log: () => lines.join(''),
    send,
    call: (address, body, options) => {
      const envelope = { protocol: 1, to: address, installation: database.installation, ...body };
      return send(address.replace('POST ', ''), JSON.stringify(envelope), options);
    },
    stop: () => server.stop(),
  };
}

async function readReply(response: Response, id: string, secrets: Secrets): Promise<SignedReply> {
  const text = await response.text();
  const verified = verify({
    keys: [parseSecret(secrets.toWhmcs)],
    id: response.headers.get('webhook-id') ?? undefined,
    timestamp: response.headers.get('webhook-timestamp') ?? undefined,
    signatureHeader: response.headers.get('webhook-signature') ?? undefined,
    body: text,
    now: Math.floor(Date.now() / 1000),
  });
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? {} : JSON.parse(text),
    signed: verified.ok && verified.id === replyId(id, response.status),
  };
}

function urlOf(address: RunningServer['metricsAddress']): string {
  return address?.kind === 'tcp' ? `http://${address.host}:${address.port}` : '';
}
