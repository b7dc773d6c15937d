import { grantKinds, ledgerSettings } from '../../ledger/index.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect, repeated } from '../done.ts';
import { texts } from '../form/form-schema.ts';
import { good } from '../html/flash.ts';

/** Changes in which order grants are used from now on. */
export const saveLedgerSettings = defineAct({
  name: 'save-ledger-settings',
  page: 'ledger-settings',
  right: 'manage',
  form: texts,
  says: { order: good('Saved. It applies from the next entry on.') },
  async do({ operations, admin, at, token }, form) {
    const list = (name: string, size: number) =>
      Array.from({ length: size }, (_, index) => form[`${name}-${index + 1}`] ?? '').filter(
        (text) => text !== '',
      );
    const read = ledgerSettings.safeParse({
      drawOrder: list('draw', 4),
      kindOrder: list('kind', grantKinds.length),
      promotionalFundsUnfunded: (form['promotional-funds'] ?? '') !== '',
    });
    if (!read.success) return again('Nothing was saved. Name each kind of credit once.');
    const saved = await operations.saveLedgerSettings(read.data, {
      actor: admin,
      reason: form['reason'] ?? '',
      at,
      token,
      basedOn: Number(form['based-on'] ?? ''),
    });
    if (saved.outcome === 'refused') return again(`Nothing was saved. ${saved.message}`);
    return saved.outcome === 'repeated'
      ? repeated('ledger-settings')
      : redirect('ledger-settings', 'done', 'order');
  },
});
