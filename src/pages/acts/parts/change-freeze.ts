import { z } from 'zod';
import type { ActContext } from '../../context.ts';
import { again, type Done, missing, redirect, repeated } from '../../done.ts';
import { text } from '../../form/form-schema.ts';
import { idOf } from '../../form/read-query.ts';
import { good } from '../../html/flash.ts';

export const freezeForm = z.object({ reason: text });

export const FREEZE_CHANGED = {
  frozen: good('Frozen. Nothing more is done for this client. Say why, so that others know.'),
  'reason-noted': good('The reason is noted.'),
  unfrozen: good('Unfrozen. Commands that waited can run now.'),
};

/** Freezes or unfreezes a client. Freezing is one click, with its reason afterwards; going on needs one. */
export async function changeFreeze(
  { operations, admin, token, at }: ActContext,
  how: 'freeze' | 'noteFreeze' | 'unfreeze',
  id: string,
  reason: string,
): Promise<Done<keyof typeof FREEZE_CHANGED>> {
  const clientId = idOf(id);
  if (clientId === undefined) return missing;
  const done = await operations[how](clientId, { actor: admin, reason, at, token });
  if (done.outcome === 'refused') return again(`Nothing was done. ${done.message}`);
  const page = `client/${clientId}`;
  return done.outcome === 'repeated' ? repeated(page) : redirect(page, 'done', done.outcome);
}
