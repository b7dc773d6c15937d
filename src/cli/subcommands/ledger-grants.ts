import { exitCodes } from '../../config/index.ts';
import type { GrantOptions, PagedOptions } from '../add-ledger-commands.ts';
import type { Command } from '../command-context.ts';
import { tellPage } from '../tell-page.ts';
import { withApi } from '../with-api.ts';

/** Shows grants, newest first. */
export const grantListCommand: Command<GrantOptions & PagedOptions> = (
  { client, kind, remaining, ...page },
  { env, terminal },
) =>
  withApi(env, async ({ ledger }, present) => {
    const filter = { clientId: client, kind, remainingOnly: remaining };
    const listing = await ledger.grants(filter, page.cursor, page.limit);
    const grants = listing.rows.map(present.grant);
    const next = listing.next ?? null;
    tellPage(terminal, page, { json: { grants, next }, next }, [
      ['Grant', 'Client', 'Kind', 'Amount', 'Left', 'Currency', 'Opened', 'Expires', 'Rule'],
      ...grants.map((one) => [
        one.id,
        `#${one.clientId}`,
        one.kind,
        one.amount,
        one.remaining,
        one.currency.code,
        one.openedOn ?? '–',
        one.expiresOn ?? 'never',
        one.rule,
      ]),
    ]);
    return exitCodes.ok;
  });
