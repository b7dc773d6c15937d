import type { Logger } from '../base/index.ts';
import type { ExplainRows } from '../books/index.ts';
import type { Explained } from '../ledger/index.ts';
import { isOfRows } from './is-of-rows.ts';

/**
 * Explains rows of history together. Where that fails, in halves, until the row that nobody can explain stands alone; it stays
 * unexplained, and the adoption goes on. Only for history: halves do not know which proofs the other one uses, and history moves no
 * grants.
 */
export function explainInHalves(explain: ExplainRows, log: Logger): ExplainRows {
  const inHalves: ExplainRows = async (trx, rows) => {
    try {
      return await explain(trx, rows);
    } catch (error) {
      if (!isOfRows(error)) throw error;
      const [row] = rows;
      if (row === undefined || rows.length === 1) {
        log.error({ row: row?.id, err: error }, 'A row of the credit log cannot be explained');
        return new Map<number, Explained>();
      }
    }
    const half = Math.ceil(rows.length / 2);
    const first = await inHalves(trx, rows.slice(0, half));
    return new Map([...first, ...(await inHalves(trx, rows.slice(half)))]);
  };
  return inHalves;
}
