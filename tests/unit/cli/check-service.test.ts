import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { JUST_STARTED } from '../../../src/app/index.ts';
import { checkService } from '../../../src/cli/doctor/check-service.ts';

/** What doctor says of a service that is not ready for these reasons, one at each question, and ready after them. */
async function checked(...reasons: string[]) {
  const server = createServer(({ url }, response) => {
    const reason = url === '/ready' ? reasons.shift() : undefined;
    response.statusCode = reason === undefined ? 200 : 503;
    response.end(JSON.stringify({ reason }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await checkService({ kind: 'tcp', host: '127.0.0.1', port });
  } finally {
    server.close();
  }
}

test('doctor waits for a service that was just started, as after an upgrade', async () => {
  expect(await checked(JUST_STARTED, JUST_STARTED)).toMatchObject({ level: 'good' });
});

test('doctor waits for nothing else', async () => {
  expect(await checked('The database is read-only.')).toMatchObject({
    level: 'bad',
    says: expect.stringContaining('The database is read-only.'),
  });
});
