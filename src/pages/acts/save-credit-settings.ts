import { type CreditSetting, formatAmount, parseAmount } from '../../../bridge/index.ts';
import type { Act, Done } from '../answer-post.ts';
import { parseSwitch } from '../form/parse-switch.ts';
import { formText } from '../form/read-query.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import type { ConfigurationValue } from '../ports.ts';
import { CREDIT_SETTINGS, creditSettingsScreen, inputOf } from '../screens/credit-settings-page.ts';
import { redirect } from './redirect.ts';

/** Has WHMCS set its own credit settings, those that differ; nobody writes its table. */
export async function saveCreditSettings(view: View, ports: PagesPorts, act: Act): Promise<Done> {
  const problems = new Map<string, string>();
  const wanted: ConfigurationValue[] = [];
  for (const { setting, kind, inverted } of CREDIT_SETTINGS) {
    const text = formText(view.request, inputOf(setting));
    const value = kind === 'switch' ? switchValue(text !== '', inverted) : amountValue(text);
    if (value === undefined) {
      problems.set(inputOf(setting), `“${text}” is not an amount like 10.00.`);
    } else {
      wanted.push({ setting, value });
    }
  }
  const minimum = amountOf(wanted, 'AddFundsMinimum');
  const maximum = amountOf(wanted, 'AddFundsMaximum');
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    problems.set(inputOf('AddFundsMaximum'), 'The largest deposit is below the smallest.');
  }
  if (problems.size > 0) {
    return {
      kind: 'screen',
      found: {
        status: 422,
        screen: await creditSettingsScreen(view, ports.store, problems),
        flashes: [
          { level: 'bad', text: 'Nothing was sent. What is wrong stands beside its field.' },
        ],
      },
    };
  }
  const changed = wanted.filter(({ setting, value }) => differs(view, setting, value));
  if (changed.length === 0) {
    return redirect('credit-settings', 'done', 'unchanged');
  }
  const outcome = await ports.store.once(act.token, act.at, async (changes) => {
    await changes.setConfiguration(changed, act.token, act.at);
    await changes.audit({
      actor: act.actor,
      act: 'credit-settings',
      target: 'whmcs',
      details: {
        from: changed.map(({ setting }) => view.request.settings[setting] ?? null),
        to: changed,
      },
      at: act.at,
    });
  });
  return redirect('credit-settings', outcome, 'settings');
}

function switchValue(ticked: boolean, inverted: boolean): string {
  return ticked === inverted ? '' : 'on';
}

function amountValue(text: string): string | undefined {
  const amount = parseAmount(text.replace(/,(\d{1,2})$/, '.$1'));
  return amount === undefined || amount < 0n ? undefined : formatAmount(amount);
}

function amountOf(
  values: readonly ConfigurationValue[],
  setting: CreditSetting,
): bigint | undefined {
  const value = values.find((one) => one.setting === setting)?.value;
  return value === undefined ? undefined : parseAmount(value);
}

/** Encodings of the same value are no difference: WHMCS reads `on`, `1` and `true` alike (whmcs.md §1.1). */
function differs(view: View, setting: string, value: string): boolean {
  const now = view.request.settings[setting] ?? '';
  return setting === 'AddFundsMinimum' ||
    setting === 'AddFundsMaximum' ||
    setting === 'AddFundsMaximumBalance'
    ? parseAmount(now) !== parseAmount(value)
    : parseSwitch(now) !== parseSwitch(value);
}
