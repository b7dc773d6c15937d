import type { Transaction } from 'kysely';
import { z } from 'zod';
import { type Database, toMoment } from '../../db/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect } from '../done.ts';
import { text } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';

/** Revokes a token of the admin who asks, or anybody's for a full admin; it stops working at once. */
export const revokeToken = defineAct({
  name: 'revoke-token',
  page: 'api-tokens',
  right: ['see', 'configure'],
  form: z.object({ id: text.pipe(z.string().min(1)) }),
  says: { 'token-revoked': good('Revoked. It no longer works.') },
  async do(context, { id }) {
    const { view, admin, at } = context;
    const onlyOf = view.isFullAdmin ? undefined : admin.adminId;
    let owner: number | undefined;
    const outcome = await once(context, async (trx) => {
      owner = await revoke(trx, id, onlyOf, at);
      if (owner === undefined) return;
      const details = { of: `admin:${owner}` };
      await audit(trx, context, { act: 'api-token-revoke', target: id, details });
    });
    return outcome === 'done' && owner === undefined
      ? again(NOTHING)
      : redirect('api-tokens', outcome, 'token-revoked');
  },
});

const NOTHING =
  'Nothing was done: this token was revoked before, or it is another admin’s; those are revoked with the permission Configure Addon Modules.';

/**
 * @param onlyOf the admin whose token it must be; undefined: anybody's.
 * @returns whose token it was; undefined when nothing was revoked.
 */
async function revoke(
  trx: Transaction<Database>,
  id: string,
  onlyOf: number | undefined,
  at: Date,
): Promise<number | undefined> {
  const token = await trx
    .selectFrom('mod_creditbridge_api_tokens')
    .select('admin_id')
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (token === undefined || (onlyOf !== undefined && token.admin_id !== onlyOf)) return undefined;
  await trx
    .updateTable('mod_creditbridge_api_tokens')
    .set({ revoked_at: toMoment(at) })
    .where('id', '=', id)
    .execute();
  return token.admin_id;
}
