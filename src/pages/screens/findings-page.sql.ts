import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';
import { type Cursor, type Listing, ROWS_SHOWN, toListing } from '../queries/paging.ts';

export interface FindingFilter {
  readonly all: boolean;
  readonly clientId?: number;
}

export interface FindingRow {
  readonly fact: string;
  readonly kind: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly text: string;
  readonly outcome: string;
  readonly foundAt: UtcText;
  readonly settledAt: UtcText | null;
  readonly settledBy: string;
  readonly reason: string;
}

/** Findings, newest first. */
export async function listFindings(
  db: Db,
  { all, clientId }: FindingFilter,
  after: Cursor,
): Promise<Listing<FindingRow>> {
  const [at, fact] = readFindingCursor(after);
  const rows = await db
    .selectFrom('mod_creditbridge_findings')
    .select(['fact', 'kind', 'client_id as clientId', 'invoice_id as invoiceId', 'text', 'outcome'])
    .select(['found_at as foundAt', 'settled_at as settledAt', 'settled_by as settledBy', 'reason'])
    .$if(clientId !== undefined, (q) => q.where('client_id', '=', clientId ?? 0))
    .where('outcome', 'in', all ? SHOWN_OUTCOMES : ['open'])
    .$if(at !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        or([
          eb('found_at', '<', at ?? ''),
          and([eb('found_at', '=', at ?? ''), eb('fact', '>', fact ?? '')]),
        ]),
      ),
    )
    .orderBy('found_at', 'desc')
    .orderBy('fact')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => `${row.foundAt.replace(' ', 'T')}~${row.fact}`);
}

/** Left out: what was found when the ledger started, and what a hook reported after all. */
const SHOWN_OUTCOMES = ['open', 'settled', 'told', 'asked', 'recorded', 'waiting'];

function readFindingCursor(after: Cursor): readonly [string?, string?] {
  const [, at, fact] = /^([0-9T:.-]{19,26})~([A-Za-z0-9:.-]{1,190})$/.exec(after ?? '') ?? [];
  return at === undefined || fact === undefined ? [] : [at.replace('T', ' '), fact];
}
