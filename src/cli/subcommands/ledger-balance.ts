import { exitCodes } from '../../config/index.ts';
import type { Command } from '../command-context.ts';
import { formatTable } from '../terminal.ts';
import { withApi } from '../with-api.ts';

/** Shows what a client has in WHMCS and in the ledger. */
export const balanceCommand: Command<{ readonly clientId: number; readonly json: boolean }> = (
  { clientId, json },
  { env, terminal },
) =>
  withApi(env, async ({ ledger, operationsReader }, present) => {
    const client = await operationsReader.balance(clientId);
    if (client === undefined) {
      terminal.err(`There is no client #${clientId}.`);
      return exitCodes.problem;
    }
    const balance = present.balance(client, await ledger.accounts(clientId));
    if (json) {
      terminal.out(JSON.stringify(balance, null, 2));
      return exitCodes.ok;
    }
    const { code } = balance.currency;
    const rows = [
      ['in WHMCS', balance.whmcs, code],
      ['held by commands', balance.held, code],
      ['held by proposals', balance.reserved, code],
      ['may be spent', balance.spendable, code],
      ...balance.accounts.flatMap((account) => [
        ['in the ledger', account.balance, account.currency.code],
        ['  left of grants', account.remaining, account.currency.code],
        ['  taken without a grant', account.unfunded, account.currency.code],
      ]),
    ];
    for (const line of formatTable(rows)) terminal.out(line);
    if (balance.drift !== null) {
      terminal.out(`WHMCS has ${balance.drift} ${code} more than the ledger: see the addon page.`);
    }
    if (balance.frozen) terminal.out('This client is frozen.');
    return exitCodes.ok;
  });
