import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { StorageError } from '../../src/base/errors.ts';
import { createLogger } from '../../src/base/logger.ts';

function captured() {
  const lines: string[] = [];
  const log = createLogger(
    'info',
    new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  );
  return { log, text: () => lines.join('') };
}

test.each(['password', 'secret', 'authorization', 'webhook-signature', 'body', 'item', 'nonce'])(
  'a member named %s is blanked on top and below',
  (name) => {
    const { log, text } = captured();
    log.info({ [name]: 'hush', one: { [name]: 'hush', two: { [name]: 'hush' } } }, 'Something');
    expect(text()).not.toContain('hush');
    expect(text()).toContain('[redacted]');
  },
);

test('a value with line breaks stays in its line', () => {
  const { log, text } = captured();
  log.warn({ who: 'admin:3\n{"level":"info","msg":"All is well"}' }, 'Something');
  expect(text().trimEnd().split('\n')).toHaveLength(1);
});

test("an error shows its code, details and cause, but not the driver's SQL", () => {
  const { log, text } = captured();
  const driver = Object.assign(new Error('gone'), { errno: 1927, sql: 'SELECT 4111111111111111' });
  const err = new StorageError('transaction-conflict', 'Too often.', {
    details: { tries: 5 },
    cause: driver,
  });
  log.error({ err }, 'A call failed');
  expect(JSON.parse(text())).toMatchObject({
    level: 'error',
    msg: 'A call failed',
    err: {
      type: 'StorageError',
      code: 'transaction-conflict',
      details: { tries: 5 },
      cause: { type: 'Error', errno: 1927 },
    },
  });
  expect(text()).not.toContain('4111');
});
