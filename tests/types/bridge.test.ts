import { describe, expectTypeOf, it } from 'vitest';
import { deferred } from '../../bridge/define-hook.ts';
import { amount, id } from '../../bridge/fields.ts';
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
    expectTypeOf<HookData<'PreShoppingCartCheckout'>>().toEqualTypeOf<{
      userid?: number | undefined;
      applycredit?: boolean | undefined;
    }>();
    expectTypeOf<'InvoicePaid'>().toExtend<HookName>();
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

  it('reads each field under the name by which it is sent', () => {
    const hook = deferred('§4.3', {
      invocieid: id,
      'session.userid': id,
      'request.amount': amount,
    });
    expectTypeOf(hook.data.parse({ invoiceid: 9, userid: 5, amount: '1.00' })).toEqualTypeOf<{
      invoiceid: number;
      userid: number;
      amount: bigint;
    }>();
    // @ts-expect-error The typing error is known for one field only.
    expectTypeOf<(typeof hook)['data']['shape']['invocieid']>().toBeObject();
    // @ts-expect-error Of the session nothing but the client's id.
    deferred('§4.3', { 'session.username': id });
    // @ts-expect-error A place where the shim does not look.
    deferred('§4.3', { 'cookie.userid': id });
    // @ts-expect-error A field that nothing reads.
    deferred('§4.3', { invoiceid: 'id' });
    // @ts-expect-error No section of whmcs.md.
    deferred('4.3', { invoiceid: id });
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
