import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { faultOf, type OpenapiDocument } from './openapi-answers.ts';
import { type SeededLedger, seedLedger } from './seed-ledger.ts';
import { createServiceDatabase, type ServiceDatabase } from './service-database.ts';
import { storeToken } from './store-token.ts';
import { testDatabaseServer } from './test-database-server.ts';
import { startTestService, type TestService } from './test-service.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is held against openapi.json.
  readonly body: any;
  readonly text: string;
}

/** The API of a service in this process, over a ledger with a past. Every answer is held against openapi.json. */
export interface ApiAtWork {
  readonly database: ServiceDatabase;
  readonly seeded: SeededLedger;
  readonly service: TestService;
  readonly openapi: OpenapiDocument;
  /** Tokens of admins 1 and 2, with all scopes. */
  readonly all: string;
  readonly second: string;
  call(
    token: string,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered>;
  get(token: string, path: string): Promise<Answered>;
  /** With an Idempotency-Key, a new one if none is given. */
  post(token: string, path: string, body: unknown, key?: string): Promise<Answered>;
  stop(): Promise<void>;
}

export async function startApi(): Promise<ApiAtWork> {
  const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
  const seeded = await seedLedger(database, {
    clients: 20,
    historyDays: 60,
    ledgerDays: 60,
    perDay: 0.3,
  });
  const service = await startTestService(database);
  const openapi = (await (
    await fetch(`${service.url}/api/v1/openapi.json`)
  ).json()) as OpenapiDocument;
  const call: ApiAtWork['call'] = async (token, method, path, body, headers = {}) => {
    const response = await fetch(`${service.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const read = type.startsWith('application/json') ? JSON.parse(text) : text;
    if (response.status !== 404 || read.code !== 'not-found') {
      const answer = { status: response.status, type, body: read };
      expect(faultOf(openapi, { method, path }, answer)).toBe('');
    }
    return { status: response.status, headers: response.headers, body: read, text };
  };
  return {
    database,
    seeded,
    service,
    openapi,
    all: await storeToken(database, 1, ['read', 'propose', 'approve']),
    second: await storeToken(database, 2, ['read', 'propose', 'approve']),
    call,
    get: (token, path) => call(token, 'GET', path),
    post: (token, path, body, key = randomUUID()) =>
      call(token, 'POST', path, body, { 'idempotency-key': key }),
    async stop() {
      await service.stop();
      await database.drop();
    },
  };
}
