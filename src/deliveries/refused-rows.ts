import { createHash } from 'node:crypto';
import type { IdentifiedItem, RefusalCode } from '../../bridge/index.ts';
import type { NewDelivery } from './delivery-rows.ts';
import { readItem } from './read-item.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A correctly signed call that was refused as a whole. */
export interface RefusedCall {
  /** The call's `webhook-id`. */
  readonly id: string;
  readonly code: RefusalCode;
  /** What is wrong, in words; never a value from the body. */
  readonly detail: string;
  readonly items: readonly IdentifiedItem[];
}

/**
 * Makes the rows for a call that was refused as a whole: one for each item, which the shim may send again as new; or one for
 * the call when its items are unreadable.
 */
export function refusedRows({ id, code, detail, items }: RefusedCall): readonly NewDelivery[] {
  const fate = { outcome: 'refused' as const, code, message: detail, looks: 1 };
  if (items.length > 0) {
    const different = new Map(items.map((item) => [item.id, item]));
    return [...different.values()].map((item) => {
      const { type, sha256, stored, causedBy, firedAt, subject } = readItem(item, () => []);
      const invoiceId = subject.invoiceIds[0] ?? null;
      const { clientId } = subject;
      return {
        id: item.id,
        type,
        sha256,
        item: stored,
        causedBy,
        firedAt,
        clientId,
        invoiceId,
        ...fate,
      };
    });
  }
  const sha256 = createHash('sha256').update(id).digest();
  const hex = sha256.toString('hex');
  const ownId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return [
    {
      id: UUID.test(id) ? id : ownId,
      type: '',
      sha256,
      item: null,
      causedBy: null,
      firedAt: null,
      clientId: null,
      invoiceId: null,
      ...fate,
    },
  ];
}
