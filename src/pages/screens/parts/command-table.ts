import { type Html, html, nothing } from '../../html/html.ts';
import { table } from '../../html/parts.ts';
import { about, link, money, time, type View } from '../../html/view.ts';
import type { CommandRow } from '../../queries/commands.ts';
import { commandStatus, commandTitle } from '../../words/command-words.ts';

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
