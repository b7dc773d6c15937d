import { Agent, request } from 'node:http';
import { v7 as newId } from 'uuid';
import { deliveriesReply, parseSecret, sign } from '../../../bridge/index.ts';
import { hookItem } from '../../support/hook-item.ts';
import { timed } from '../measure.ts';

export interface CallTarget {
  readonly url: string;
  readonly installation: string;
  readonly secrets: { readonly toService: string };
}

export interface Call {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly items: number;
}

/** Signed calls that tell of new invoices 1, 2, 3 …; made before the time is taken, since making them is the shim's work. */
export function createCalls(
  { installation, secrets }: CallTarget,
  { date, batch, deliveries }: { date: string; batch: number; deliveries: number },
): readonly Call[] {
  const key = parseSecret(secrets.toService);
  const timestamp = Math.floor(Date.now() / 1000);
  return Array.from({ length: deliveries / batch }, (_, call) => {
    const items = Array.from({ length: batch }, (__, index) =>
      hookItem(
        'InvoiceCreated',
        {
          source: 'autogen',
          user: 'system',
          invoiceid: call * batch + index + 1,
          status: 'Unpaid',
        },
        { whmcs: { version: '8.13.1', date, zone: 'Europe/Berlin' } },
      ),
    );
    const id = items.length === 1 ? (items[0]?.id ?? '') : newId();
    const body = JSON.stringify({ protocol: 1, to: 'POST /v1/deliveries', installation, items });
    return {
      body,
      items: items.length,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign([key], id, timestamp, body),
      },
    };
  });
}

/**
 * Sends all calls, so many at a time, each after the answer to the one before: milliseconds until the last answer.
 *
 * @throws {Error} when a call is not answered with all items accepted.
 */
export async function sendCalls(
  { url }: CallTarget,
  calls: readonly Call[],
  connections: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const replies: string[] = [];
  const ms = await timed(() =>
    Promise.all(
      Array.from({ length: connections }, async () => {
        for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
          replies.push(await post(`${url}/v1/deliveries`, call, agent));
        }
      }),
    ),
  );
  agent.destroy();
  for (const reply of replies) {
    const { results } = deliveriesReply.parse(JSON.parse(reply));
    const refused = results.find(({ outcome }) => outcome !== 'accepted');
    if (refused !== undefined)
      throw new Error(`A delivery was ${refused.outcome}: ${refused.code}.`);
  }
  return ms;
}

function post(url: string, { body, headers }: Call, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`The service answered ${response.statusCode}: ${text}`));
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
