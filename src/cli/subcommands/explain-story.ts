import { titleIn } from '../../app/index.ts';
import { exitCodes } from '../../config/index.ts';
import {
  type LedgerStories,
  type TitleOf,
  tellClient,
  tellEntry,
  tellGrant,
} from '../../ledger/index.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

/** Says what an entry of the ledger was. */
export const explainEntryCommand = explain<bigint>('entry', async (stories, id) => {
  const story = await stories.entry(id);
  return story && tellEntry(story);
});

/** Says where a grant came from and what became of it. */
export const explainGrantCommand = explain<bigint>('grant', async (stories, id, titleOf) => {
  const story = await stories.grant(id);
  return story && tellGrant(story, titleOf);
});

/** Says what a client's balance is made of. */
export const explainClientCommand = explain<number>('client', async (stories, id) => {
  const story = await stories.client(id);
  return story && tellClient(story);
});

function explain<Id extends number | bigint>(
  what: string,
  tell: (
    stories: LedgerStories,
    id: Id,
    titleOf: TitleOf,
  ) => Promise<readonly string[] | undefined>,
): Command<{ readonly id: Id }> {
  return ({ id }, { env, terminal }) =>
    withParts(env, async ({ stories, engine }) => {
      const lines = await tell(stories, id, titleIn(engine.rules()));
      for (const line of lines ?? [`There is no ${what} ${id}.`]) terminal.out(line);
      return lines === undefined ? exitCodes.problem : exitCodes.ok;
    });
}
