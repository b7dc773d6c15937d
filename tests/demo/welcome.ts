import type { Service } from '../support/service.ts';
import type { StandIn } from '../support/stand-in.ts';

/** What a visitor is told once everything runs: addresses, log-ins, and a path to click. */
export function welcome(standIn: StandIn, service: Service): string {
  return `
Credit Bridge runs, inside a stand-in for WHMCS (which is proprietary and not part of this).

  Client area   ${standIn.url}        anna@example.com / client
  Admin area    ${standIn.adminUrl}   admin / admin
  Addon page    ${standIn.adminUrl}addonmodules.php?module=creditbridge
  Service       ${service.url}/ready

The path to click:
  1. Admin area > Addons > Credit Bridge: switch on "Bonus for deposits" and "Apply credit by itself".
  2. Client area > Add Funds: pay 100.00 with the test card; a moment later the bonus is in the balance.
  3. Client area > Store: order a product; its invoice is paid with credit, and its mail shows it.
  4. Admin area > Cron: run it; a due invoice is paid from credit before cards are charged.
  5. Switch "Apply credit by itself" off and order again: the next invoice gets none.
  6. Addon page > Decisions: read why each invoice got as much as it did.

Ctrl-C stops everything and removes it.`;
}
