import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, insertRows } from '../db/index.ts';

/** What a rule that limits said about an operation by hand. */
export interface LimitNote {
  readonly clientId: number;
  /** Empty when no rule could be asked. */
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly currencyId: number;
  readonly amountHundredths: bigint;
  /** Zero forbids it; null when the rule failed. */
  readonly atMostHundredths: bigint | null;
  readonly because: string;
}

/** Width of `because`. */
const BECAUSE_MAX = 500;

const COLUMNS = [
  'operation_id',
  'client_id',
  'rule',
  'mode',
  'currency_id',
  'amount_hundredths',
  'at_most_hundredths',
  'because',
  'actor',
] as const;

/**
 * Writes what rules said about an operation by hand.
 *
 * @param actor who did it, or asked a second admin for it: `admin:3`.
 */
export async function writeNotedLimits(
  trx: Transaction<Database>,
  operationId: string,
  actor: string,
  noted: readonly LimitNote[],
): Promise<void> {
  const rows = noted.map((one) => [
    operationId,
    one.clientId,
    one.rule,
    one.mode,
    one.currencyId,
    one.amountHundredths,
    one.atMostHundredths,
    clip(one.because, BECAUSE_MAX),
    actor,
  ]);
  await insertRows(trx, 'mod_creditbridge_noted_limits', COLUMNS, rows);
}

/** What was said to the proposal no longer counts once the operation is approved and rules were asked again. */
export async function forgetNotedLimits(
  trx: Transaction<Database>,
  operationId: string,
): Promise<void> {
  await trx
    .deleteFrom('mod_creditbridge_noted_limits')
    .where('operation_id', '=', operationId)
    .execute();
}
