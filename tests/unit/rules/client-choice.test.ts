import { describe, expect, it } from 'vitest';
import { clientChoice } from '../../../src/rules/built-in/client-choice.ts';
import { type PreferenceFacts, propose } from '../../../src/rules/index.ts';
import {
  aClient,
  aLine,
  anEvent,
  anInvoice,
  askLimit,
  someFacts,
} from '../../../src/rules/testing.ts';
import { limits, says, settleOne } from './settling.ts';

const HOSTING = aLine({ id: 1, serviceId: 3, withTaxHundredths: 1200n });
const SHOP = aLine({ id: 2, serviceId: 4, withTaxHundredths: 800n });
const wish = propose.apply({ fact: 'a:invoice:9', invoiceId: 9, because: 'It is due.' });

function ask(
  preferences: Partial<PreferenceFacts>,
  { lines = [HOSTING, SHOP], perService = true } = {},
) {
  const invoice = anInvoice({ lines });
  const chosen = { usesCredit: true, services: [], ...preferences };
  return askLimit(clientChoice, {
    proposal: wish,
    facts: someFacts({ invoice, preferences: chosen }),
    settings: { perService },
  });
}

describe('what the client chose', () => {
  it('limits nothing until something is chosen', () => {
    expect(ask({})).toBeNull();
    expect(ask({ services: [{ serviceId: 77, choice: 'keep' }] })).toBeNull();
  });

  it('is that no credit is used by itself, on any invoice', () => {
    expect(ask({ usesCredit: false })).toMatchObject({
      atMostHundredths: 0n,
      because: 'The client chose that no credit is used by itself.',
    });
  });

  it('is that a service gets none: the rest of its invoice may be paid, less what is on it already', () => {
    const services = [{ serviceId: 4, choice: 'keep' as const }];
    expect(ask({ services })).toMatchObject({
      atMostHundredths: 1200n,
      budget: 'invoice 9',
      because:
        'The client chose that no credit is used for service #4; 12.00 USD may go on the rest of invoice #9.',
    });
    expect(ask({ services }, { lines: [SHOP] })?.atMostHundredths).toBe(0n);
  });

  it('for services counts only where the admin lets clients choose for services', () => {
    const services = [{ serviceId: 4, choice: 'keep' as const }];
    expect(ask({ services }, { perService: false })).toBeNull();
    expect(clientChoice.offersClients?.({ perService: false })).toEqual(['use']);
    expect(clientChoice.offersClients?.({ perService: true })).toEqual(['use', 'services']);
  });

  it('is that a service comes first, before invoices that are due earlier and before what other rules prefer', () => {
    const client = aClient({ creditHundredths: 2000n });
    const openInvoices = [
      anInvoice({ id: 8, dueOn: '2026-11-01', lines: [SHOP] }),
      anInvoice({ id: 9, lines: [HOSTING] }),
    ];
    const preferences = {
      usesCredit: true,
      services: [{ serviceId: 3, choice: 'first' as const }],
    };
    const facts = someFacts({ client, openInvoices, preferences });
    const question = { key: 'client:5', event: anEvent('AddFunds', { invoiceId: 812 }), facts };
    const eight = says(
      'a',
      propose.apply({ fact: 'eight', invoiceId: 8, because: 'It is due.', turn: -1n }),
    );
    const nine = says('b', wish);
    const said = askLimit(clientChoice, { proposal: wish, facts });
    if (said === null) throw new Error('Nothing was said about the service that comes first.');
    const paid = settleOne(question, [eight, nine], {
      limits: limits('client-choice', [nine], said),
    });
    expect(paid.filter(({ outcome }) => outcome === 'effect').map((one) => one.invoiceId)).toEqual([
      9,
    ]);
  });
});
