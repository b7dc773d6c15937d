import { commandSentence, decisionSentences } from '../../app/index.ts';
import { exitCodes } from '../../config/index.ts';
import { tellInvoice } from '../../ledger/index.ts';
import {
  type CommandRow,
  commandsOfDecisions,
  decisionsOfInvoice,
  type TracedDecision,
} from '../../pages/index.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

/** An invoice has a handful of decisions; older ones are on the addon page. */
const DECISIONS_TOLD = 20;

/** Says in words what credit was put on an invoice and from where; then why, or why not, newest first. */
export const explainInvoiceCommand: Command<{ readonly id: number }> = (
  { id },
  { env, terminal },
) =>
  withParts(env, async ({ db, engine, stories }) => {
    const story = await stories.invoice(id);
    const decisions = await decisionsOfInvoice(db, id, DECISIONS_TOLD);
    if (story === undefined && decisions.length === 0) {
      terminal.out(`There is no invoice #${id}.`);
      return exitCodes.problem;
    }
    for (const line of story === undefined ? [] : tellInvoice(story)) terminal.out(line);
    terminal.out('');
    if (decisions.length === 0) {
      terminal.out(
        `No rule has decided about invoice #${id}: none that is on listens to what happened to it, or it was made before Credit Bridge.`,
      );
      return exitCodes.ok;
    }
    const commands = await commandsOfDecisions(
      db,
      decisions.map((decision) => decision.id),
    );
    const sentences = decisionSentences(decisions, engine.rules());
    for (const [index, decision] of decisions.entries()) {
      if (index > 0) terminal.out('');
      for (const line of tell(decision, sentences[index] ?? [], commands)) terminal.out(line);
    }
    return exitCodes.ok;
  });

function tell(
  decision: TracedDecision,
  sentences: readonly string[],
  commands: readonly CommandRow[],
): string[] {
  return [
    `${decision.lastAt.slice(0, 19)} UTC, ${decision.event}${decision.times > 1 ? ` (${decision.times} times)` : ''}`,
    ...sentences.map((sentence) => `  ${sentence}`),
    ...commands
      .filter(({ decisionId }) => decisionId === decision.id)
      .map((command) => `  ${commandSentence(command)}`),
  ];
}
