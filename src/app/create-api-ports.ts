import { v7 as newId } from 'uuid';
import type { ApiPorts, ExplainSubject } from '../api/index.ts';
import { createLedgerExports, createRequestStore } from '../api/index.ts';
import { commandsOfFacts } from '../commands/index.ts';
import { tellClient, tellEntry, tellGrant, tellInvoice } from '../ledger/index.ts';
import {
  commandsOfDecisions,
  decisionsOfInvoice,
  listAdminNames,
  listCurrencies,
} from '../pages/index.ts';
import { readToday } from '../today/index.ts';
import type { Parts } from './create-parts.ts';
import { commandSentence, decisionSentences, titleIn } from './decision-sentences.ts';

export interface ApiPortsOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called after commands are written. */
  readonly onCommands: () => void;
}

/** What the API works with; the command line uses the same. */
export function createApiPorts(parts: Parts, { now, onCommands }: ApiPortsOptions): ApiPorts {
  const { db, ledger, operations, operationsReader } = parts;
  return {
    ledger: { ...ledger, ...createLedgerExports(db) },
    operations,
    operationsReader,
    onCommands,
    newId,
    requests: createRequestStore(db),
    commandsOf: (facts) => commandsOfFacts(db, facts),
    currencies: () => listCurrencies(db),
    adminNames: () => listAdminNames(db),
    explain: (subject, id) => explain(parts, subject, id),
    now: () => new Date(now()),
    today: async () => (await readToday(db)).date,
  };
}

/** An invoice has a handful of decisions; older ones are on the addon page. */
const DECISIONS_TOLD = 20;

async function explain(
  { db, stories, engine }: Parts,
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
      return story && tellGrant(story, titleIn(engine.rules()));
    }
    case 'invoice': {
      const [story, decisions] = await Promise.all([
        stories.invoice(Number(id)),
        decisionsOfInvoice(db, Number(id), DECISIONS_TOLD),
      ]);
      if (story === undefined && decisions.length === 0) return undefined;
      const commands = await commandsOfDecisions(
        db,
        decisions.map((decision) => decision.id),
      );
      const sentences = decisionSentences(decisions, engine.rules());
      return [
        ...(story === undefined ? [] : tellInvoice(story)),
        ...decisions.flatMap((decision, index) => [
          ...(sentences[index] ?? []),
          ...commands
            .filter(({ decisionId }) => decisionId === decision.id)
            .map((command) => commandSentence(command)),
        ]),
      ];
    }
    case 'client': {
      const story = await stories.client(Number(id));
      return story && tellClient(story);
    }
  }
}
