import { type DeliveryResult, formatAmount } from '../../bridge/index.ts';
import type { Question } from '../rules/engine/index.ts';
import type { SettledAnswer } from '../rules/settle/index.ts';

/** The members of a result with the answer that WHMCS waits for. */
export type Answer = Pick<DeliveryResult, 'veto' | 'mail' | 'page'>;
type Page = NonNullable<Answer['page']>;

/**
 * Turns a settled answer into its form on the wire.
 *
 * @param writtenFacts facts for which a command is written now. WHMCS's mail is held only for one of these: without the
 *   command, nobody would send the mail that replaces it.
 */
export function answerOf(
  { holdMailFor, veto, pageVars, gateways, notice }: SettledAnswer,
  { facts: { client } }: Question,
  writtenFacts: ReadonlySet<string>,
): Answer {
  const vars = Object.fromEntries(
    Object.entries(pageVars).map(([name, value]) => [
      name,
      typeof value === 'bigint'
        ? { amount: formatAmount(value), currency: client.currency.id }
        : value,
    ]),
  );
  return {
    ...(veto.length === 0 ? {} : { veto: [...veto] }),
    ...(holdMailFor !== null && writtenFacts.has(holdMailFor) ? { mail: 'hold' as const } : {}),
    ...pageOf(vars, gateways, notice),
  };
}

/** The member `page`, when there is something for a page. */
function pageOf(
  vars: NonNullable<Page['vars']>,
  gateways: readonly string[] | null,
  notice: Page['notice'],
): Pick<Answer, 'page'> {
  const page = {
    ...(Object.keys(vars).length === 0 ? {} : { vars }),
    ...(gateways === null ? {} : { gateways: [...gateways] }),
    ...(notice === undefined ? {} : { notice }),
  };
  return Object.keys(page).length === 0 ? {} : { page };
}

interface OfDelivery {
  readonly deliveryId: string;
  readonly answer: Answer;
}

/** Joins the answers of all events of a delivery into one: every veto, and a mail is held when one answer holds it. */
export function mergeAnswers(answers: readonly OfDelivery[]): ReadonlyMap<string, Answer> {
  const merged = new Map<string, Answer>();
  for (const { deliveryId, answer } of answers) {
    const before = merged.get(deliveryId);
    merged.set(deliveryId, before === undefined ? answer : both(before, answer));
  }
  return merged;
}

function both(a: Answer, b: Answer): Answer {
  const veto = [...(a.veto ?? []), ...(b.veto ?? [])];
  const vars = { ...a.page?.vars, ...b.page?.vars };
  const mail = a.mail ?? b.mail;
  return {
    ...(veto.length === 0 ? {} : { veto }),
    ...(mail === undefined ? {} : { mail }),
    ...pageOf(vars, a.page?.gateways ?? b.page?.gateways ?? null, a.page?.notice ?? b.page?.notice),
  };
}
