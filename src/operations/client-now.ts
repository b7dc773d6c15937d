import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { Parking } from '../parking/index.ts';

/** What became of a client: still there, merged into another, or deleted. `unclear`: gone, and a hook may still tell why. */
export type ClientNow =
  | { readonly kind: 'here' | 'gone' | 'unclear' }
  | { readonly kind: 'merged'; readonly into: number };

/** Looks where the client of parked credit is: by what WHMCS told of a merge, or by who owns the invoice now. */
export async function clientNow(
  trx: Transaction<Database>,
  { clientId, invoiceId }: Pick<Parking, 'clientId' | 'invoiceId'>,
): Promise<ClientNow> {
  const { rows } = await sql<{
    here: number | null;
    told: number | null;
    owner: number | null;
    gone: number | bigint;
  }>`
    SELECT (SELECT c.id FROM tblclients c WHERE c.id = ${clientId}) AS here,
      (SELECT f.other_client_id FROM mod_creditbridge_findings f
        WHERE f.client_id = ${clientId} AND f.kind = 'merged' AND f.other_client_id IS NOT NULL
        ORDER BY f.found_at DESC LIMIT 1) AS told,
      (SELECT i.userid FROM tblinvoices i JOIN tblclients o ON o.id = i.userid
        WHERE i.id = ${invoiceId ?? 0}) AS owner,
      EXISTS (SELECT 1 FROM mod_creditbridge_findings g
        WHERE g.client_id = ${clientId} AND g.kind = 'gone') AS gone`.execute(trx);
  const [row] = rows;
  if (row?.here != null) return { kind: 'here' };
  const into = row?.told ?? row?.owner ?? null;
  if (into !== null) return { kind: 'merged', into };
  return { kind: Number(row?.gone ?? 0) > 0 ? 'gone' : 'unclear' };
}
