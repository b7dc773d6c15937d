import { createHash } from 'node:crypto';
import type { Db } from '../db/index.ts';
import { toMoment } from '../db/index.ts';
import type { RequestStore } from './ports.ts';

/** What was asked of the API under an Idempotency-Key; each admin has keys of their own. */
export function createRequestStore(db: Db): RequestStore {
  const find = (adminId: number, key: string) =>
    db
      .selectFrom('mod_creditbridge_api_requests')
      .select(['asked_sha256', 'operation_id', 'answer'])
      .where('admin_id', '=', adminId)
      .where('key_sha256', '=', hash(key))
      .executeTakeFirstOrThrow();
  return {
    async begin({ adminId, key, sha256, operationId, at }) {
      await db
        .insertInto('mod_creditbridge_api_requests')
        .ignore()
        .values({
          admin_id: adminId,
          key_sha256: hash(key),
          asked_sha256: sha256,
          operation_id: operationId,
          answer: null,
          asked_at: toMoment(at),
        })
        .execute();
      const row = await find(adminId, key);
      if (!row.asked_sha256.equals(sha256)) return { outcome: 'other' };
      return row.answer === null
        ? { outcome: 'begun', operationId: row.operation_id }
        : { outcome: 'answered', answer: row.answer };
    },
    async finish({ adminId, key }, answer) {
      await db
        .updateTable('mod_creditbridge_api_requests')
        .set({ answer })
        .where('admin_id', '=', adminId)
        .where('key_sha256', '=', hash(key))
        .where('answer', 'is', null)
        .execute();
      return (await find(adminId, key)).answer ?? answer;
    },
  };
}

function hash(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
