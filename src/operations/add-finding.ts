import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';

/** Width of `text`. */
const TEXT_MAX = 1000;

/** What operations tell among the findings of sweeps: credit that is nowhere, credit on its way back, a correction undone. */
export interface Finding {
  readonly fact: string;
  readonly kind:
    | 'transfer-lost'
    | 'transfer-undone'
    | 'correction-failed'
    | 'proposal-lapsed'
    | 'moved-by-hand';
  readonly clientId: number | null;
  readonly text: string;
  /** Whether an admin has to act. */
  readonly open: boolean;
}

/** Writes a finding; a known one stays as it is. */
export async function addFinding(
  trx: Transaction<Database>,
  { fact, kind, clientId, text, open }: Finding,
  at: Date,
): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_findings')
    .ignore()
    .values({
      fact,
      kind,
      client_id: clientId,
      invoice_id: null,
      text: clip(text, TEXT_MAX),
      outcome: open ? 'open' : 'asked',
      found_at: toMoment(at),
      settled_at: null,
    })
    .execute();
}
