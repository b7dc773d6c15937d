import type { ApiPorts, ExplainSubject } from './api/index.ts';
import type { Parts } from './create-parts.ts';
import {
  commandsOfFacts,
  createLedgerExports,
  createLedgerStories,
  createRequestStore,
} from './db/index.ts';
import {
  type LedgerStories,
  tellClient,
  tellEntry,
  tellGrant,
  tellInvoice,
} from './ledger/index.ts';
import { newId } from './new-id.ts';
import { currencyDecimals } from './whmcs/index.ts';

export interface ApiPortsOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called when commands were written. */
  readonly onCommands: () => void;
}

/** What the API works with; the command line uses the same. */
export function createApiPorts(
  { db, ledger, operations, operationsReader, store }: Parts,
  { now, onCommands }: ApiPortsOptions,
): ApiPorts {
  const stories = createLedgerStories(db, currencyDecimals);
  return {
    ledger: { ...ledger, ...createLedgerExports(db) },
    ...{ operations, operationsReader, onCommands, newId },
    requests: createRequestStore(db),
    commandsOf: (facts) => commandsOfFacts(db, facts),
    currencies: () => store.currencies(),
    explain: (subject, id) => explain(stories, subject, id),
    now: () => new Date(now()),
  };
}

async function explain(
  stories: LedgerStories,
  subject: ExplainSubject,
  id: string,
): Promise<readonly string[] | undefined> {
  switch (subject) {
    case 'entry': {
      const story = await stories.entry(BigInt(id));
      return story && tellEntry(story);
    }
    case 'grant': {
      const story = await stories.grant(BigInt(id));
      return story && tellGrant(story);
    }
    case 'invoice': {
      const story = await stories.invoice(Number(id));
      return story && tellInvoice(story);
    }
    case 'client': {
      const story = await stories.client(Number(id));
      return story && tellClient(story);
    }
  }
}
