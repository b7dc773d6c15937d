import type { ConditionalNeeds } from '../define-rule.ts';
import { type Facts, type InvoiceFacts, type Need, needs } from '../facts.ts';

/** Facts that are not called like the need that asks for them. */
const CALLED_OTHERWISE: Partial<Record<string, Need>> = {
  ledger: 'grants',
  receivedHundredths: 'received',
};

interface Guarded {
  readonly facts: Facts;
  /** Guards an invoice that the rule is given beside the facts. */
  invoice(invoice: InvoiceFacts): InvoiceFacts;
}

/**
 * The facts as this rule may read them. The service may leave empty what a rule does not need, so a rule that reads it would be
 * right in its test and wrong in the service.
 *
 * @throws {Error} later, when the rule reads a fact that its `needs` do not name
 */
export function guardFacts(
  rule: {
    readonly id: string;
    readonly needs: readonly Need[];
    readonly needsWhen?: readonly ConditionalNeeds[];
  },
  facts: Facts,
  settings: unknown,
): Guarded {
  const named: ReadonlySet<Need> = new Set([...rule.needs, ...neededUnder(settings, rule)]);
  const refuse = (path: string, need: Need): never => {
    throw new Error(
      `The rule ${rule.id} reads ${path}, which its \`needs\` do not name. In the service it may be empty: add '${need}' to \`needs\`.`,
    );
  };
  const guard = <Of extends object>(
    of: Of,
    path: string,
    needOf: (member: string) => Need | undefined,
  ) =>
    new Proxy(of, {
      get(target, member, receiver) {
        const need = needOf(String(member));
        if (need !== undefined && !named.has(need)) refuse(`${path}.${String(member)}`, need);
        return Reflect.get(target, member, receiver);
      },
    });
  // A rule may copy an invoice; the lines are refused when it looks at them.
  const noLines = new Proxy([], { get: () => refuse('the lines of an invoice', 'lines') });
  const invoice = (one: InvoiceFacts) => (named.has('lines') ? one : { ...one, lines: noLines });
  const within: Facts = {
    ...facts,
    client: guard(facts.client, 'facts.client', needOfClient),
    invoice: facts.invoice && invoice(facts.invoice),
    openInvoices: facts.openInvoices.map(invoice),
    openDeposits: facts.openDeposits.map(invoice),
  };
  return { facts: guard(within, 'facts', needOfFact), invoice };
}

function needOfFact(member: string): Need | undefined {
  return CALLED_OTHERWISE[member] ?? needs.find((need) => need === member);
}

function needOfClient(member: string): Need | undefined {
  return member === 'hasActiveOrder' ? 'activeOrder' : undefined;
}

function neededUnder(
  settings: unknown,
  { needsWhen = [] }: { readonly needsWhen?: readonly ConditionalNeeds[] },
): readonly Need[] {
  if (typeof settings !== 'object' || settings === null) return [];
  return needsWhen
    .filter(({ setting, is }) => Reflect.get(settings, setting) === is)
    .flatMap((one) => one.needs);
}
