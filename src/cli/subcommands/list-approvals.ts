import { exitCodes } from '../../config/index.ts';
import { formatAmount } from '../../money/index.ts';
import { actorText, listAdminNames, listCurrencies } from '../../pages/index.ts';
import type { Command } from '../command-context.ts';
import { formatTable } from '../terminal.ts';
import { withParts } from '../with-parts.ts';

/** More wait on the addon page, where they are decided. */
const SHOWN = 100;

/** What waits for a second admin, newest first; with `all` what was decided, too. */
export const listApprovalsCommand: Command<{ readonly all: boolean }> = (
  { all },
  { env, terminal },
) =>
  withParts(env, async ({ operationsReader, db }) => {
    const [{ rows, next }, currencies, admins] = await Promise.all([
      operationsReader.approvals(all ? {} : { pending: true }, undefined, SHOWN),
      listCurrencies(db),
      listAdminNames(db),
    ]);
    if (rows.length === 0) {
      terminal.out(all ? 'Nothing was proposed yet.' : 'Nothing waits for approval.');
      return exitCodes.ok;
    }
    const code = (id: number | null) => currencies.find((one) => one.id === id)?.code ?? '';
    const table = rows.map((row) => [
      row.id,
      row.state,
      row.operation.kind,
      row.clientId === 0 ? '–' : `#${row.clientId}`,
      row.clientId === 0 ? '–' : `${formatAmount(row.amountHundredths)} ${code(row.currencyId)}`,
      actorText({ admins }, row.proposedBy),
      row.expiresAt.toISOString().slice(0, 10),
      row.reason,
    ]);
    const head = ['id', 'state', 'operation', 'client', 'amount', 'proposed by', 'until', 'reason'];
    for (const line of formatTable([head, ...table])) terminal.out(line);
    if (next !== undefined) terminal.out(`There are more than ${SHOWN}; the addon page has all.`);
    return exitCodes.ok;
  });
