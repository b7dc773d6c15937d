import { WhmcsError } from '../base/index.ts';

/** What is asked waits until the right to tell money from notes is given. @param what `invoice #9` */
export function moneyNotKnown(what: string): WhmcsError {
  return new WhmcsError(
    'money-not-known',
    `What was received for ${what} is not known: since the upgrade of WHMCS, tblaccounts also holds credit notes, and we may not read which rows these are. Run the statements of \`creditbridge grants\`.`,
  );
}
