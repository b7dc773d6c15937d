import type { Service } from '../support/service.ts';
import type { StandIn } from '../support/stand-in.ts';

/** What a visitor is told once everything runs: addresses, log-ins, and a path to click. The README tells the same path. */
export function welcome(standIn: StandIn, service: Service): string {
  return `
Credit Bridge runs, inside a stand-in for WHMCS (WHMCS is proprietary and not part of this).

  Admin area    ${standIn.adminUrl}   admin / admin
  Addon page    ${standIn.adminUrl}addonmodules.php?module=creditbridge
  Client area   ${standIn.url}clientarea.php   anna@example.com / client
  Service       ${service.url}/ready${isInContainer() ? '   (inside the container only)' : ''}

The path to click:
  1. Addon page > Connection: "Switch Automatic Credit Use off", so that credit is ours to apply.
  2. Addon page > Rules: "Apply credit to invoices" On; "Bonus on deposits" > Settings: from 50.00 USD, 10 %, On, Save.
     It may give any amount, so a second admin agrees: second / second in a private window, Approvals, "Approve".
  3. Client area > Billing > Add Funds: 100.00, "Add Funds", "Pay Now", "Pay". A moment later the balance on Home is 110.00.
  4. Addon page > Clients: 1, "Open": what the 110.00 are made of, and why. Here, "explain client 1" and Enter says it in words.
  5. Admin area > Cron and clock > "Run the daily automation now": due invoices are paid from credit before cards are
     charged and services suspended, new ones get credit as they are made; the mails are in Email Message Log.
  6. Addon page > Rules: "Apply credit to invoices" Off; Cron and clock > "Go to tomorrow, 09:00"; Addon page > Overview
     asks whether that date is right: "Yes"; run again: the new invoice gets none. Addon page > History > Decisions: why each invoice got as much as it did.

Type s and Enter to stop the service (pages go on, hooks wait), s and Enter again to start it; explain client, invoice,
entry or grant with its number to ask the ledger. More than one admin: second / second may approve.
Ctrl-C stops everything and removes it.`;
}

/** Set by tests/support/compose/compose.yaml, which publishes the stand-in's port alone. */
function isInContainer(): boolean {
  return process.env['DEMO_IN_COMPOSE'] !== undefined;
}
