import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Db } from '../db/index.ts';
import { readStored, toMoment } from '../db/index.ts';
import { type ApiCall, adminOf } from './api-call.ts';
import { ApiError } from './api-error.ts';
import type { ApiContext } from './context.ts';

type Call = ApiCall<unknown, unknown, unknown>;

/**
 * Answers a call under an Idempotency-Key. The key is bound to the id of what is done before anything is done, so that a repeat
 * after a crash finds what was done; the first answer is kept for repeats. What was refused is not kept: it was not done.
 *
 * @throws {ApiError} `idempotency-key-reused`, and what `act` throws.
 */
export async function answerOnce(
  endpoint: string,
  call: Call,
  context: ApiContext,
  act: (call: Call, context: ApiContext) => Promise<unknown>,
): Promise<{ readonly said: unknown; readonly isRepeat: boolean }> {
  const request = {
    adminId: adminOf(call).adminId,
    key: sha256(call.idempotencyKey),
    asked: sha256(JSON.stringify([endpoint, call.params, call.body])),
  };
  const begun = await begin(context.db, { ...request, operationId: call.id, at: context.now() });
  if (!begun.asked_sha256.equals(request.asked)) {
    throw new ApiError(
      'idempotency-key-reused',
      'Something else was asked under this Idempotency-Key. Make a new key for each wish.',
    );
  }
  const known = begun.answer === null ? undefined : readStored(z.unknown(), begun.answer);
  if (known !== undefined) return { said: known, isRepeat: true };
  // An answer that cannot be read is made again: what was done under that id is found and not done twice.
  const said = await act({ ...call, id: begun.operation_id }, context);
  if (begun.answer !== null) return { said, isRepeat: true };
  const kept = await finish(context.db, request, JSON.stringify(said));
  return { said: JSON.parse(kept), isRepeat: false };
}

interface ApiRequest {
  readonly adminId: number;
  readonly key: Buffer;
  /** Of the endpoint, its parameters and its body, in the schema's own order, so that another wish under the same key is noticed. */
  readonly asked: Buffer;
  /** The operation's id, should the key be new. */
  readonly operationId: string;
  readonly at: Date;
}

/** Keeps the key if it is new, and returns what is kept under it. Each admin has keys of their own. */
async function begin(db: Db, { adminId, key, asked, operationId, at }: ApiRequest) {
  await db
    .insertInto('mod_creditbridge_api_requests')
    .ignore()
    .values({
      admin_id: adminId,
      key_sha256: key,
      asked_sha256: asked,
      operation_id: operationId,
      answer: null,
      asked_at: toMoment(at),
    })
    .execute();
  return find(db, { adminId, key });
}

/** Keeps the answer unless one is kept already, and returns the one that is kept. */
async function finish(
  db: Db,
  { adminId, key }: Pick<ApiRequest, 'adminId' | 'key'>,
  answer: string,
): Promise<string> {
  await db
    .updateTable('mod_creditbridge_api_requests')
    .set({ answer })
    .where('admin_id', '=', adminId)
    .where('key_sha256', '=', key)
    .where('answer', 'is', null)
    .execute();
  return (await find(db, { adminId, key })).answer ?? answer;
}

function find(db: Db, { adminId, key }: Pick<ApiRequest, 'adminId' | 'key'>) {
  return db
    .selectFrom('mod_creditbridge_api_requests')
    .select(['asked_sha256', 'operation_id', 'answer'])
    .where('admin_id', '=', adminId)
    .where('key_sha256', '=', key)
    .executeTakeFirstOrThrow();
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
