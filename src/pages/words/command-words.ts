import { z } from 'zod';
import { isCommandAction } from '../../../bridge/index.ts';
import { readStored } from '../../db/index.ts';
import { homeOfAction } from '../../rules/settle/index.ts';
import type { Html } from '../html/html.ts';
import { type Level, status } from '../html/parts.ts';
import { moneyText, type View } from '../html/view.ts';
import type { CommandRow } from '../queries/commands.ts';

const STATES: Readonly<
  Record<string, { readonly level: Level; readonly text: string; readonly hint: string }>
> = {
  open: {
    level: 'idle',
    text: 'Waiting',
    hint: 'WHMCS runs it with its next cron call, or at once when the worker runs.',
  },
  running: { level: 'idle', text: 'Running', hint: 'WHMCS is running it now.' },
  done: { level: 'good', text: 'Done', hint: '' },
  refused: {
    level: 'bad',
    text: 'Refused',
    hint: 'WHMCS refused it. The rule may ask again at its next chance.',
  },
  stale: {
    level: 'warn',
    text: 'Stale',
    hint: 'Things had changed before it ran, so nothing was done. The rule may ask again at its next chance.',
  },
  unknown: {
    level: 'warn',
    text: 'Unknown',
    hint: 'It was interrupted. Its page shows what WHMCS has now; say there whether it was done. It is never repeated automatically.',
  },
};

/** The states of a command, for a filter. */
export const commandStateChoices = Object.entries(STATES).map(([value, { text }]) => ({
  value,
  text,
}));

export function commandStatus(state: string): Html {
  const known = STATES[state];
  return known === undefined ? status('idle', state) : status(known.level, known.text);
}

export function commandHint(state: string): string {
  return STATES[state]?.hint ?? '';
}

/** What a command asks of WHMCS, in words. */
export function commandTitle(view: View, command: CommandRow): string {
  const amount = moneyText(view, command.amountHundredths, command.currencyId);
  const { action } = command;
  if (!isCommandAction(action)) return homeOfAction(action)?.words.name ?? action;
  switch (action) {
    case 'ApplyCredit':
      return `Apply ${amount} to invoice #${command.invoiceId}`;
    case 'UnapplyCredit':
      return `Take ${amount} off invoice #${command.invoiceId}`;
    case 'AddCredit':
      return command.holdHundredths > 0n ? `Take ${amount} away` : `Grant ${amount}`;
    case 'UpdateInvoice':
      return `Cancel invoice #${command.invoiceId}`;
    case 'CreateInvoice':
      return `Create an invoice of ${amount}`;
    case 'CapturePayment':
      return `Capture a payment for invoice #${command.invoiceId}`;
    case 'SendAdminEmail':
      return 'Mail the admins';
    case 'LogActivity':
      return 'Write to the activity log';
    case 'SetConfigurationValue':
      return settingTitle(command.parameters);
  }
}

function settingTitle(parameters: string): string {
  const read = readStored(SETTING, parameters);
  if (read === undefined) return 'Set a setting that cannot be read';
  const { setting, value } = read;
  return `Set ${setting} to ${value === '' ? 'off' : value}`;
}

const SETTING = z.object({ setting: z.string(), value: z.string() });
