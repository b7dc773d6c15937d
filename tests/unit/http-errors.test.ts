import { pino } from 'pino';
import { expect, test } from 'vitest';
import { manifestRequest, REPLY_MAX_BYTES, refusals } from '../../bridge/index.ts';
import { RuleError, StorageError } from '../../src/base/errors.ts';
import { createAnswerCall } from '../../src/http/answer-call.ts';
import { defineEndpoint } from '../../src/http/define-endpoint.ts';
import { codeOfFault, refusalReply } from '../../src/http/errors.ts';

test('every refusal of the contract has its status here', () => {
  for (const [code, { status }] of Object.entries(refusals)) {
    const reply = refusalReply(code as keyof typeof refusals);
    expect(reply).toMatchObject({ status, code });
    expect(JSON.parse(reply.body.toString())).toEqual({ code });
  }
  expect(refusalReply('internal-error').status).toBe(500);
});

test.each([
  [new StorageError('transaction-conflict', 'Too often.', { retry: true })],
  [new RuleError('engine-stopping', 'Stopping.', { retry: true })],
  [Object.assign(new Error('refused'), { code: 'ECONNREFUSED', errno: -111 })],
  [Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' })],
  [Object.assign(new Error('denied'), { code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 })],
])('%s means: keep it and send it again', (error) => {
  expect(codeOfFault(error)).toBe('storage-unavailable');
});

test.each([
  [new TypeError('x is undefined')],
  [new RuleError('engine-failed', 'No.')],
  [Object.assign(new Error('syntax'), { code: 'ER_PARSE_ERROR', errno: 1064 })],
  ['a text'],
])('%s is a fault of ours', (error) => {
  expect(codeOfFault(error)).toBe('internal-error');
});

const installation = '01890000-0000-7000-8000-000000000000';

/** Answers one call to an endpoint that acts as given; what was logged and stored comes along. */
async function answer(act: () => unknown, obstacle?: string) {
  const lines: string[] = [];
  const stored: string[] = [];
  const noticed: unknown[] = [];
  const turnedAway: unknown[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const answerCall = createAnswerCall({
    deliveries: {
      storeRefused: async ({ code }) => {
        stored.push(code);
      },
    },
    pairing: {
      installation: async () => ({
        id: installation,
        isHome: true,
        paired: true,
        halted: undefined,
        obstacle: undefined,
      }),
    },
    readiness: { obstacle: () => obstacle, noticed: async (error) => void noticed.push(error) },
    installation: undefined,
    isStopping: () => false,
    onRefused: () => undefined,
  });
  const endpoint = defineEndpoint({
    kind: manifestRequest,
    needs: 'installation',
    answer: async () => act(),
    turnAway: ({ to }) => turnedAway.push(to),
  });
  const body = Buffer.from(JSON.stringify({ protocol: 1, to: 'POST /v1/manifest', installation }));
  const reply = await answerCall(endpoint, { id: 'a-call', body, log });
  return { reply, stored, noticed, turnedAway, log: lines.join('') };
}

test('a fault of ours is told by a reference to the log, never by its message', async () => {
  const { reply, log } = await answer(() => {
    throw new TypeError('secret thing');
  });
  expect(reply.status).toBe(500);
  const message = reply.body.toString();
  expect(message).not.toContain('secret thing');
  const reference = /reference ([0-9a-f-]{36})/.exec(message)?.[1] ?? 'none';
  expect(log).toContain(reference);
  expect(log).toContain('secret thing');
});

test('a reply larger than the shim reads is a fault of ours, and still answered', async () => {
  const { reply, log } = await answer(() => ({ html: 'x'.repeat(REPLY_MAX_BYTES) }));
  expect(reply).toMatchObject({ status: 500, code: 'internal-error' });
  expect(log).toContain('larger than the shim reads');
});

test('what stands in the way of all work is told to the shim and not stored', async () => {
  const { reply, stored } = await answer(() => ({}), 'Run `creditbridge migrate`.');
  expect(reply.status).toBe(503);
  expect(JSON.parse(reply.body.toString())).toEqual({
    code: 'storage-unavailable',
    message: 'Run `creditbridge migrate`.',
  });
  expect(stored).toEqual([]);
});

test('an endpoint is told of a call that the database did not let through, before or while it was answered, and of no other', async () => {
  const fail = (error: unknown) => () => {
    throw error;
  };
  const full = Object.assign(new Error('The table is full'), { errno: 1114 });
  const told = [
    await answer(() => ({}), 'The database is full.'),
    await answer(fail(full)),
    await answer(fail(new TypeError('ours'))),
    await answer(() => ({})),
  ];
  expect(told.map(({ turnedAway }) => turnedAway)).toEqual([
    ['POST /v1/manifest'],
    ['POST /v1/manifest'],
    [],
    [],
  ]);
});
