import { notedLimitsOf } from '../../../books/index.ts';
import { tellNotedLimits } from '../../../ledger/index.ts';
import type { Approval } from '../../../operations/index.ts';
import type { PagesParts } from '../../context.ts';
import { type Html, html, nothing } from '../../html/html.ts';
import { card } from '../../html/parts.ts';
import { titlesIn } from '../../queries/rule-entries.ts';

type Parts = Pick<PagesParts, 'db' | 'rules'>;

/** What rules said about proposals that they do not limit, by proposal: one statement for all of them. */
export async function notedOnApprovals(
  { db, rules }: Parts,
  rows: readonly Approval[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const noted = await notedLimitsOf(
    db,
    rows.map(({ id }) => id),
  );
  const titleOf = titlesIn({ rules });
  return new Map(
    rows.map(({ id, state }) => [
      id,
      tellNotedLimits(noted.get(id) ?? [], titleOf, state !== 'approved'),
    ]),
  );
}

/** What rules said about the operation by hand that a command carries out; nothing for other commands. */
export async function notedCard(
  { db, rules }: Parts,
  { operationId, clientId }: { readonly operationId: string | null; readonly clientId: number },
): Promise<Html> {
  if (operationId === null) return nothing;
  const noted = (await notedLimitsOf(db, [operationId])).get(operationId) ?? [];
  const sentences = tellNotedLimits(
    noted.filter((one) => one.clientId === clientId),
    titlesIn({ rules }),
  );
  if (sentences.length === 0) return nothing;
  return card(
    'What rules would have limited',
    html`<div class="cb-words">${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>`,
  );
}
