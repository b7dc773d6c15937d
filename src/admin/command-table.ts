import { commandStatus, commandTitle } from './command-words.ts';
import { type Html, html, nothing } from './html.ts';
import { table } from './parts.ts';
import type { CommandRow } from './ports.ts';
import { about, link, money, time, type View } from './view.ts';

export function commandTable(view: View, commands: readonly CommandRow[]): Html {
  return table(
    'Commands',
    [
      { title: 'Command', kind: 'wide' },
      { title: 'State' },
      { title: 'Amount', kind: 'amount' },
      { title: 'For' },
      { title: 'Made' },
    ],
    commands.map((command) => [
      html`<a href="${link(view, `commands/${command.id}`)}">${commandTitle(view, command)}</a>${
        command.reason !== '' && html`<small>${command.reason}</small>`
      }`,
      commandStatus(command.state),
      command.amountHundredths > 0n
        ? money(view, command.amountHundredths, command.currencyId)
        : nothing,
      about(view, command),
      time(view, command.createdAt),
    ]),
  );
}
