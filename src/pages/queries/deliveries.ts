import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';

export interface DeliveryRow {
  readonly id: string;
  readonly type: string;
  readonly outcome: string;
  readonly code: string;
  readonly message: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly causedBy: string | null;
  readonly firedAt: UtcText;
  readonly receivedAt: UtcText;
  readonly looks: number;
}

/** A delivery with what WHMCS told. */
export interface StoredDelivery extends DeliveryRow {
  /** JSON; null when it was pruned. */
  readonly item: string | null;
}

/** Of `mod_creditbridge_deliveries as d`, for lists. */
export const DELIVERY_COLUMNS = [
  'd.id',
  'd.type',
  'd.outcome',
  'd.code',
  'd.message',
  'd.client_id as clientId',
  'd.invoice_id as invoiceId',
  'd.caused_by as causedBy',
  'd.fired_at as firedAt',
  'd.received_at as receivedAt',
  'd.looks',
] as const;

export async function findDelivery(db: Db, id: string): Promise<StoredDelivery | undefined> {
  return db
    .selectFrom('mod_creditbridge_deliveries as d')
    .select([...DELIVERY_COLUMNS, 'd.item'])
    .where('d.id', '=', id)
    .executeTakeFirst();
}
