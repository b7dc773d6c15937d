import { z } from 'zod';
import type { ClientFacts, InvoiceFacts, LineFacts } from './facts.ts';
import { gatewayNames } from './settings-schema.ts';

/**
 * Whom and what a rule is for: a building block for settings, with the same meaning and the same form in every rule. A rule
 * with a scope that looks at lines needs `lines`.
 */

/** More than any installation has of the things that a rule is limited to. */
const NAMED_MAX = 1000;

/** Kinds of lines as an admin chooses them. A discount is of the kind of the line that it lowers (whmcs.md §5). */
const KINDS: Readonly<
  Record<string, { readonly title: string; readonly types: readonly string[] }>
> = {
  service: { title: 'Services', types: ['Hosting', 'PromoHosting'] },
  setup: { title: 'Setup fees', types: ['Setup'] },
  addon: { title: 'Addons', types: ['Addon'] },
  'domain-renewal': { title: 'Renewals of domains', types: ['Domain', 'PromoDomain'] },
  'domain-order': {
    title: 'New and transferred domains',
    types: ['DomainRegister', 'DomainTransfer'],
  },
  upgrade: { title: 'Upgrades', types: ['Upgrade'] },
  'late-fee': { title: 'Late fees', types: ['LateFee'] },
  item: { title: 'Billable items', types: ['Item'] },
  other: { title: 'All other lines', types: [] },
};
const kindOfType = new Map(
  Object.entries(KINDS).flatMap(([kind, { types }]) => types.map((type) => [type, kind] as const)),
);

/** Every list may be empty: then it excludes nothing. */
export function scope() {
  return z
    .object({
      clientGroups: ids('client-group', 'Client groups', 0),
      currencies: ids('currency', 'Currencies'),
      gateways: gatewayNames().meta({
        title: 'Payment gateways',
        description: 'By WHMCS’s own names, such as banktransfer: those of the invoice.',
      }),
      lineTypes: z
        .array(z.enum(Object.keys(KINDS)))
        .default([])
        .meta({
          title: 'Kinds of lines',
          control: 'several',
          labels: Object.fromEntries(
            Object.entries(KINDS).map(([kind, { title }]) => [kind, title]),
          ),
        }),
      productGroups: ids('product-group', 'Product groups'),
      products: ids('product', 'Products'),
    })
    .prefault({})
    .meta({ title: 'Only for', description: 'Where nothing is chosen, nothing is left out.' });
}

export type Scope = z.output<ReturnType<typeof scope>>;

/** Why the rule is not for this client, or not for this invoice; null when it is. Its lines are not looked at. */
export function outOfScope(
  { clientGroups, currencies, gateways }: Scope,
  client: ClientFacts,
  invoice: InvoiceFacts | null,
): string | null {
  if (isExcluded(clientGroups, client.groupId)) return 'The rule is not for this client’s group.';
  if (isExcluded(currencies, client.currency.id)) return 'The rule is not for this currency.';
  if (invoice !== null && isExcluded(gateways, invoice.gateway)) {
    return `The rule is not for the gateway ${invoice.gateway}.`;
  }
  return null;
}

/**
 * The lines of an invoice that the rule is for. A line without a product is for no product. A discount that names nothing lowers
 * every line, so it counts in full: rather too little is paid than something that is excluded.
 */
export function eligibleLines(scope: Scope, { lines }: InvoiceFacts): readonly LineFacts[] {
  const named = lines.filter((line) => !isForAll(line) && isEligible(scope, line));
  return named.length === 0 ? [] : lines.filter((line) => isForAll(line) || named.includes(line));
}

/** What the eligible lines of an invoice cost with their tax, in hundredths; never below zero. */
export function eligibleHundredths(scope: Scope, invoice: InvoiceFacts): bigint {
  const sum = eligibleLines(scope, invoice).reduce((all, one) => all + one.withTaxHundredths, 0n);
  return sum > 0n ? sum : 0n;
}

function isEligible({ lineTypes, productGroups, products }: Scope, line: LineFacts): boolean {
  return (
    !isExcluded(lineTypes, kindOfType.get(line.type) ?? 'other') &&
    !isExcluded(productGroups, line.productGroupId) &&
    !isExcluded(products, line.productId)
  );
}

/** A discount on the whole invoice, as by client group: WHMCS names no line that it lowers. */
function isForAll({ amountHundredths, serviceId, domainId }: LineFacts): boolean {
  return amountHundredths < 0n && serviceId === null && domainId === null;
}

function isExcluded<Named>(wanted: readonly Named[], one: NoInfer<Named> | null): boolean {
  return wanted.length > 0 && !(one !== null && wanted.includes(one));
}

/** @param smallest 0 where WHMCS's 0 means something: a client in no group. */
function ids(of: string, title: string, smallest = 1) {
  return z
    .array(z.int().min(smallest))
    .max(NAMED_MAX)
    .default([])
    .meta({ title, control: 'several', of });
}
