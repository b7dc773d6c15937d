import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineHook } from '../../bridge/hooks/define-hook.ts';
import { id } from '../../bridge/hooks/fields.ts';
import {
  type CommandCall,
  type CommandParameters,
  type HookData,
  type HookName,
  hooks,
  type RefusalCode,
  type SignatureRefusal,
  verify,
} from '../../bridge/index.ts';

/** What must not compile is marked; the compiler (`npm run check`) fails when a mark is needless. */

describe('the type of a hook', () => {
  it('follows from its literal name', () => {
    expectTypeOf<HookData<'InvoicePaid'>>().toEqualTypeOf<{ invoiceid: number }>();
    expectTypeOf<HookData<'AddTransaction'>['amountin']>().toEqualTypeOf<bigint | undefined>();
    expectTypeOf<HookData<'ShoppingCartValidateCheckout'>>().toEqualTypeOf<{
      clientId?: number | undefined;
      paymentmethod?: string | undefined;
      applycredit?: boolean | undefined;
    }>();
    expectTypeOf(hooks.InvoicePaid.name).toEqualTypeOf<'InvoicePaid'>();
  });

  it('knows no hook that WHMCS does not have', () => {
    // @ts-expect-error WHMCS has no hook AddFunds; the service derives that event (whmcs.md §4.2).
    const name: HookName = 'AddFunds';
    expectTypeOf(name).toBeString();
    // @ts-expect-error The same, where a name is asked for.
    expectTypeOf<HookData<'AddFunds'>>().toBeObject();
  });

  it('has no member that stays in WHMCS', () => {
    const data: HookData<'ClientEdit'> = hooks.ClientEdit.data.parse({ userid: 5 });
    // @ts-expect-error Names of clients never leave.
    expectTypeOf(data.firstname).toBeString();
    // @ts-expect-error Nor does what a client was before.
    expectTypeOf(data.olddata).toBeObject();
  });

  it('lets a declaration list only fields that its data reads', () => {
    const common = { name: 'Example', whmcs: '§4.3', answer: 'deferred' } as const;
    const data = z.object({ invoiceid: id });
    defineHook({ ...common, data, fields: ['invoiceid', 'invocieid', 'request.invoiceid'] });
    // @ts-expect-error A field that is sent but not read.
    defineHook({ ...common, data, fields: ['invoiceid', 'amount'] });
    // @ts-expect-error The typing error is known for one field only.
    defineHook({ ...common, data: z.object({ amount: id }), fields: ['invocieid'] });
    // @ts-expect-error An answer nobody knows.
    defineHook({ ...common, answer: 'later', data, fields: ['invoiceid'] });
  });
});

describe('the type of a command', () => {
  it('ties parameters to their action', () => {
    const right: CommandCall = {
      action: 'UpdateInvoice',
      parameters: { invoiceid: 9, status: 'Cancelled' },
    };
    expectTypeOf(right).toExtend<CommandCall>();
    const wrong: CommandCall = {
      action: 'UpdateInvoice',
      // @ts-expect-error Setting an invoice to Paid skips WHMCS's own automation (whmcs.md §3.2).
      parameters: { invoiceid: 9, status: 'Paid' },
    };
    expectTypeOf(wrong).toExtend<CommandCall>();
  });

  it('takes no number for an amount', () => {
    const parameters: CommandParameters<'ApplyCredit'> = {
      invoiceid: 9,
      // @ts-expect-error A float never holds money.
      amount: 5.5,
      noemail: false,
    };
    expectTypeOf(parameters.amount).toEqualTypeOf<string>();
  });
});

describe('the type of a verification', () => {
  it('gives an id only when the message is believed', () => {
    const verdict = verify({
      keys: [],
      id: 'a',
      timestamp: '1',
      body: '',
      signatureHeader: 'v1,x',
      now: 1,
    });
    // @ts-expect-error Not yet known to be verified.
    expectTypeOf(verdict.id).toBeString();
    if (!verdict.ok) expectTypeOf(verdict.code).toEqualTypeOf<SignatureRefusal>();
    expectTypeOf<SignatureRefusal>().toExtend<RefusalCode>();
  });
});
