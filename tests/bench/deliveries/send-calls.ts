import { Agent } from 'node:http';
import { v7 as newId } from 'uuid';
import { deliveriesReply } from '../../../bridge/index.ts';
import { hookItem } from '../../support/hook-item.ts';
import { timed } from '../measure.ts';
import { createCall, postCall, type SignedCall } from '../signed-call.ts';
import type { CallTarget } from '../start-bench-service.ts';

/** Signed calls that tell of new invoices 1, 2, 3 …; made before the time is taken, since making them is the shim's work. */
export function createCalls(
  target: CallTarget,
  { date, batch, deliveries }: { date: string; batch: number; deliveries: number },
): readonly SignedCall[] {
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
    return createCall(target, 'POST /v1/deliveries', { items }, id);
  });
}

/**
 * Sends all calls, so many at a time, each after the answer to the one before: milliseconds until the last answer.
 *
 * @throws {Error} when a call is not answered with all items accepted.
 */
export async function sendCalls(
  target: CallTarget,
  calls: readonly SignedCall[],
  connections: number,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = 0;
  const replies: string[] = [];
  const ms = await timed(() =>
    Promise.all(
      Array.from({ length: connections }, async () => {
        for (let call = calls[next++]; call !== undefined; call = calls[next++]) {
          replies.push(await postCall(target, call, agent));
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
