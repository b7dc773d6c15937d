import type { Transaction } from 'kysely';
import { liveFacts, noClients, urgencies, writeCommands } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { OPERATION_RULE } from './operation.ts';

interface AdminMail {
  /** What it tells; the same is not told twice. */
  readonly fact: string;
  readonly subject: string;
  /** For everybody who gets WHMCS's messages about the system: without names, amounts and reasons. */
  readonly text: string;
}

/** Has WHMCS mail the admins, once for each fact. */
export async function tellAdmins(
  trx: Transaction<Database>,
  { fact, subject, text }: AdminMail,
  at: Date,
  newId: () => string,
): Promise<void> {
  if ((await liveFacts(trx, [fact])).size > 0) return;
  const mail = {
    id: newId(),
    fact,
    clientId: null,
    invoiceId: null,
    rule: OPERATION_RULE,
    call: {
      action: 'SendAdminEmail',
      parameters: { customsubject: subject, custommessage: text },
    } as const,
    expects: {},
    amountHundredths: 0n,
    holdHundredths: 0n,
    urgency: urgencies.setting,
    terms: null,
  };
  await writeCommands(trx, noClients, [mail], at);
}
