import { describe, expect, it } from 'vitest';
import { creditOffInvoice, waysOff } from '../../../src/commands/index.ts';

const EIGHT = '8.13.1-release.1';
const NINE = '9.0.5-release.1';

function trial(version: string, takesOff: boolean, cancelling: string): string {
  return JSON.stringify({ returns: { version, takesOff, cancelling } });
}

function wayFor(status: string, version: string | undefined, verdict: string | null = null) {
  const off = { invoiceId: 9, clientId: 5, status, amountHundredths: 1000n, shown: '10.00 USD' };
  return creditOffInvoice(off, waysOff(version, verdict));
}

describe('credit leaves an unpaid invoice', () => {
  it.each([EIGHT, NINE])(
    'of WHMCS %s only by a negative ApplyCredit, after its trial',
    (version) => {
      expect(wayFor('Unpaid', version, trial(version, true, 'unclear'))).toEqual({
        by: 'command',
        call: { action: 'UnapplyCredit', parameters: { invoiceid: 9, amount: '10.00' } },
        expects: { invoiceStatus: 'Unpaid', trial: 'takes-off' },
      });
    },
  );

  it.each([
    ['was never tried', EIGHT, null],
    ['was never tried', NINE, null],
    ['did not pass', NINE, trial(NINE, false, 'keeps')],
    ['was tried before an upgrade', NINE, trial(EIGHT, true, 'keeps')],
    ['was tried with the release before', NINE, trial('9.0.4-release.1', true, 'keeps')],
    ['cannot be read', NINE, '{"returns":{"version":7,"takesOff":true}}'],
    ['is of an unknown WHMCS', undefined, trial(NINE, true, 'keeps')],
  ])('by hand, with Credit → Remove and the amount, where it %s (%s)', (_, version, verdict) => {
    expect(wayFor('Unpaid', version, verdict)).toMatchObject({
      by: 'hand',
      remedy: expect.stringContaining(
        'open invoice #9 and take 10.00 USD off with Credit → Remove.',
      ),
    });
  });
});

describe('AddCredit gives back', () => {
  it.each(['Cancelled', 'Refunded'])('what a %s invoice of 8.x had, without a trial', (status) => {
    expect(wayFor(status, EIGHT)).toMatchObject({
      by: 'command',
      call: { action: 'AddCredit', parameters: { clientid: 5, amount: '10.00', type: 'add' } },
      expects: { invoiceStatus: status, trial: 'cancelling-keeps' },
    });
  });

  it.each(['Cancelled', 'Refunded'])('from a %s invoice of 9.x only after a trial', (status) => {
    expect(wayFor(status, NINE)).toMatchObject({ by: 'hand' });
    expect(wayFor(status, NINE, trial(EIGHT, true, 'keeps'))).toMatchObject({ by: 'hand' });
    expect(wayFor(status, NINE, trial(NINE, true, 'unclear'))).toMatchObject({ by: 'hand' });
    expect(wayFor(status, NINE, trial(NINE, true, 'keeps'))).toMatchObject({ by: 'command' });
  });

  it.each([EIGHT, NINE])('nothing where %s was seen to give it back by itself', (version) => {
    expect(wayFor('Cancelled', version, trial(version, true, 'returns'))).toMatchObject({
      by: 'hand',
      because: expect.stringContaining('would give it twice'),
    });
  });

  it.each(['Paid', 'Draft', 'Collections', 'Payment Pending', 'of no known status'])(
    'nothing from an invoice that is %s',
    (status) => {
      expect(wayFor(status, EIGHT, trial(EIGHT, true, 'keeps'))).toMatchObject({
        by: 'hand',
        remedy: 'In WHMCS, open invoice #9 and take 10.00 USD off with Credit → Remove.',
      });
    },
  );
});
