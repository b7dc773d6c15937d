import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parseSecret, sign } from '../../bridge/index.ts';
import { freePort } from '../support/ports.ts';
import { removeAtExit, removeFolder, startProcess } from '../support/processes.ts';
import type { Ground } from './ground.ts';

/** The service of the ground and a second replica of it, and somebody who tells both of hooks, as shims on several servers would. */
export interface Replicas {
  /** Sends the items, signed, to the replica with this number (0 or 1), and answers the outcome of each. */
  deliver(replica: number, items: readonly { readonly id: string }[]): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, '../..');
const reply = z.object({ results: z.array(z.object({ outcome: z.string() })) });

export async function startReplicas(ground: Ground): Promise<Replicas> {
  const { service, standIn } = ground.installation;
  const toService = await readSecret(ground, 'to-service');
  const toWhmcs = await readSecret(ground, 'to-whmcs');
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'creditbridge-replica-'));
  removeAtExit(folder);
  const second = startProcess({
    command: join(ROOT, 'node_modules/.bin/node'),
    args: ['src/main.ts'],
    cwd: ROOT,
    env: {
      CREDITBRIDGE_LISTEN: `127.0.0.1:${port}`,
      CREDITBRIDGE_DATABASE_URL: service.databaseUrl,
      CREDITBRIDGE_SECRET_TO_SERVICE: toService,
      CREDITBRIDGE_SECRET_TO_WHMCS: toWhmcs,
      CREDITBRIDGE_WHMCS_URL: standIn.url,
      STATE_DIRECTORY: folder,
    },
    name: 'second replica',
  });
  await second.waitForPort(port);
  await second.waitForLine(/The database is fit for work/);
  const urls = [service.url, `http://127.0.0.1:${port}`];
  const key = parseSecret(toService);
  const [row] = await ground.query<{ installation: string }>(
    'SELECT installation FROM mod_creditbridge_settings',
  );
  return {
    async deliver(replica, items) {
      const body = JSON.stringify({
        protocol: 1,
        to: 'POST /v1/deliveries',
        installation: row?.installation,
        items,
      });
      const id = items[0]?.id ?? '';
      const timestamp = Math.floor(Date.now() / 1000);
      const response = await fetch(`${urls[replica]}/v1/deliveries`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': sign([key], id, timestamp, body),
        },
        body,
      });
      const text = await response.text();
      if (response.status !== 200)
        throw new Error(`The service answered ${response.status}: ${text}`);
      return reply.parse(JSON.parse(text)).results.map(({ outcome }) => outcome);
    },
    async stop() {
      await second.stop();
      removeFolder(folder);
    },
  };
}

/** As WHMCS stores it: encrypted (whmcs.md §6). */
async function readSecret(ground: Ground, direction: 'to-service' | 'to-whmcs'): Promise<string> {
  const [row] = await ground.query<{ secret: string }>(
    "SELECT secret FROM mod_creditbridge_secrets WHERE direction = ? AND position = 'current'",
    [direction],
  );
  const answer = await ground.installation.standIn.localApi('DecryptPassword', {
    password2: row?.secret,
  });
  return String(answer['password']);
}
