import type { LoadedFacts } from '../deciding/index.ts';
import type { Question } from '../rules/engine/index.ts';
import { daysBetween } from '../rules/index.ts';
import type { Due } from './due-invoices.ts';
import type { Run } from './run-store.ts';

export interface DueContext {
  readonly run: Pick<Run, 'date'>;
  readonly until: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly whmcsVersion: string;
}

/**
 * Makes one question for each invoice that is still due by the facts: unpaid, ordinary ones (whmcs.md §2.3, §2.6, §2.8). The
 * facts were read under the clients' locks and may differ from the list of due invoices.
 */
export function dueQuestions(
  due: readonly Due[],
  { factsFor }: Pick<LoadedFacts, 'factsFor'>,
  { run, until, at, whmcsVersion }: DueContext,
): readonly Question[] {
  const questions: Question[] = [];
  for (const { clientId, invoiceId } of due) {
    const known = factsFor(clientId, invoiceId);
    const invoice = known?.invoice;
    if (known === null || invoice === null || invoice === undefined) continue;
    const { dueOn } = invoice;
    if (invoice.status !== 'Unpaid' || invoice.kind !== 'ordinary') continue;
    if (dueOn === null || dueOn > until) continue;
    const daysToDue = daysBetween(run.date, dueOn);
    questions.push({
      key: `invoice:${invoiceId}`,
      event: {
        name: 'DueInvoice',
        data: { invoiceId, daysToDue },
        localDate: run.date,
        at,
        answer: 'run',
        whmcsVersion,
      },
      facts: known,
    });
  }
  return questions;
}
