import type { NotesColumn } from '../../db/index.ts';
import type { Check } from './check.ts';

/** Whether an upgrade of WHMCS to 9 added what the service may not read yet. Nothing to say on 8.x. */
export function checkNotes(column: NotesColumn): readonly Check[] {
  if (column === 'absent') return [];
  if (column === 'readable') {
    return [{ name: 'Credit notes', level: 'good', says: 'They can be told from money.' }];
  }
  return [
    {
      name: 'Credit notes',
      level: 'bad',
      says: 'WHMCS was upgraded: tblaccounts now holds credit notes too, and the account may not read its column billingnoteid, which tells them from money. The service goes on; what rests on received money waits: bonuses for deposits, refunds, proofs of payments.',
      remedy: 'Run the statements that `creditbridge grants` prints.',
    },
  ];
}
