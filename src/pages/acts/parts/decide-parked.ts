import { z } from 'zod';
import { findParking } from '../../../parking/index.ts';
import type { ActContext } from '../../context.ts';
import { again, type Done, redirect, repeated } from '../../done.ts';
import { text } from '../../form/form-schema.ts';
import { good } from '../../html/flash.ts';
import { WAITS } from './says.ts';

export const parkedForm = z.object({ parking: text, reason: text });

export const PARKED_DECIDED = {
  'given-back': good('The credit comes back, with its kind and last day.'),
  kept: good('Kept. The credit does not come back.'),
  waits: WAITS,
};

/** Gives parked credit back, or keeps it. The form's once-token is the operation's id. */
export async function decideParked(
  { db, operations, admin, token, at }: ActContext,
  kind: 'unpark' | 'keep',
  { parking, reason }: z.output<typeof parkedForm>,
): Promise<Done<keyof typeof PARKED_DECIDED>> {
  const known = z.uuid().safeParse(parking).success ? await findParking(db, parking) : undefined;
  if (known === undefined) return again('Nothing was done. This credit is not parked any more.');
  const proposed = await operations.propose(
    { kind, clientId: known.clientId, parking },
    { id: token, actor: admin, reason, at },
  );
  switch (proposed.outcome) {
    case 'refused':
      return again(`Nothing was done. ${proposed.message}`);
    case 'exists':
      return repeated('parked');
    case 'waits-for-approval':
      return redirect('parked', 'done', 'waits');
    default:
      return redirect('parked', 'done', kind === 'keep' ? 'kept' : 'given-back');
  }
}
