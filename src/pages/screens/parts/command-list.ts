import { type Html, html } from '../../html/html.ts';
import { link, time, type View } from '../../html/view.ts';
import type { CommandRow } from '../../queries/commands.ts';
import { commandStatus, commandTitle } from '../../words/command-words.ts';

/** Commands as a short list, where there is no room for a table. */
export function commandList(view: View, commands: readonly CommandRow[]): Html {
  return html`<ul class="cb-stories">${commands.map(
    (
      command,
    ) => html`<li><a class="cb-story" href="${link(view, `commands/${command.id}`)}">${commandTitle(view, command)}</a>
${command.reason !== '' && html`<small>${command.reason}</small>`}
<footer>${commandStatus(command.state)} <span class="cb-quiet">${time(view, command.createdAt)}</span></footer></li>`,
  )}</ul>`;
}
