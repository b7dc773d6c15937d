import type { Transaction } from 'kysely';
import { commandParameters } from '../../../../bridge/index.ts';
import {
  noClients,
  urgencies,
  type WantedCommand,
  writeCommands,
} from '../../../commands/index.ts';
import type { Database } from '../../../db/index.ts';
import type { ConfigurationValue } from '../../../operations/index.ts';
import type { ActContext } from '../../context.ts';

/** Writes the commands that have WHMCS set these; none when the list is empty. */
export async function setConfiguration(
  trx: Transaction<Database>,
  { newId, token, at }: Pick<ActContext, 'newId' | 'token' | 'at'>,
  values: readonly ConfigurationValue[],
): Promise<void> {
  const wanted = values.map((value) => settingCommand(value, newId(), token));
  await writeCommands(trx, noClients, wanted, at);
}

/** The token is part of the fact, so a form that is sent twice asks once. */
function settingCommand(value: ConfigurationValue, id: string, token: string): WantedCommand {
  const parameters = commandParameters.SetConfigurationValue.parse(value);
  return {
    id,
    fact: `whmcs-setting:${value.setting}:${token}`,
    clientId: null,
    invoiceId: null,
    rule: 'whmcs-settings',
    call: { action: 'SetConfigurationValue', parameters },
    expects: {},
    amountHundredths: 0n,
    holdHundredths: 0n,
    urgency: urgencies.setting,
    terms: null,
  };
}
