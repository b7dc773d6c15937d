import type { CommandRow, TracedDecision } from '../../admin/index.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { RuleInfo } from '../../rules/engine/index.ts';
import { explain, readTrace } from '../../rules/settle/index.ts';
import type { Command } from '../command-context.ts';
import { withParts } from '../with-parts.ts';

/** An invoice has a handful of decisions; older ones are on the addon page. */
const DECISIONS_TOLD = 20;

/** Says in words why credit was applied to an invoice, or why not; newest first. */
export const explainInvoiceCommand: Command<{ readonly id: number }> = (
  { id },
  { env, terminal },
) =>
  withParts(env, async ({ store, engine }) => {
    const decisions = await store.decisionsOfInvoice(id, DECISIONS_TOLD);
    if (decisions.length === 0) {
      const known = (await store.invoice(id)) !== undefined;
      terminal.out(
        known
          ? `No rule has decided about invoice #${id}: none that is on listens to what happened to it, or it was made before Credit Bridge.`
          : `There is no invoice #${id}.`,
      );
      return known ? exitCodes.ok : exitCodes.problem;
    }
    const commands = await store.commandsOf(decisions.map((decision) => decision.id));
    for (const [index, decision] of decisions.entries()) {
      if (index > 0) terminal.out('');
      for (const line of tell(decision, commands, engine.rules())) terminal.out(line);
    }
    return exitCodes.ok;
  });

function tell(
  decision: TracedDecision,
  commands: readonly CommandRow[],
  rules: readonly RuleInfo[],
): string[] {
  const titleOf = (rule: string) => rules.find(({ id }) => id === rule)?.title ?? rule;
  return [
    `${decision.lastAt.slice(0, 19)} UTC, ${decision.event}${decision.times > 1 ? ` (${decision.times} times)` : ''}`,
    ...sentencesOf(decision, titleOf).map((sentence) => `  ${sentence}`),
    ...commands
      .filter(({ decisionId }) => decisionId === decision.id)
      .map(({ action, state, reason }) => `  ${action}: ${state}${reason && ` – ${reason}`}`),
  ];
}

/** A trace that an older release wrote may not be readable any more; its reason always is. */
function sentencesOf(decision: TracedDecision, titleOf: (rule: string) => string): string[] {
  try {
    return explain(readTrace(decision.trace), titleOf);
  } catch {
    return [decision.reason];
  }
}
