import { type CreditSetting, formatAmount, parseAmount } from '../../../bridge/index.ts';
import { type ConfigurationValue, hasAlready } from '../../operations/index.ts';
import { audit } from '../audit.ts';
import { defineAct } from '../define-act.ts';
import { again, redirect } from '../done.ts';
import { CREDIT_SETTINGS, inputOf } from '../form/credit-settings.ts';
import { texts } from '../form/form-schema.ts';
import { pointForComma } from '../form/point-for-comma.ts';
import { good } from '../html/flash.ts';
import { once } from '../once.ts';
import { setConfiguration } from './parts/set-configuration.ts';

/** Asks WHMCS to change its own credit settings, as far as they differ. Its table is never written directly. */
export const saveCreditSettings = defineAct({
  name: 'save-credit-settings',
  page: 'credit-settings',
  right: 'set-whmcs',
  form: texts,
  says: {
    settings: good('WHMCS is setting these now; the commands below say when it is done.'),
    unchanged: good('Nothing differs from what WHMCS has, so nothing was sent.'),
  },
  async do(context, form) {
    const { view } = context;
    const { wanted, problems } = readForm(form);
    if (problems.size > 0) {
      return again('Nothing was sent. Correct the marked fields.', problems);
    }
    const changed = wanted.filter((one) => !hasAlready(view.request.settings, one));
    if (changed.length === 0) return redirect('credit-settings', 'done', 'unchanged');
    const from = changed.map(({ setting }) => view.request.settings[setting] ?? null);
    const outcome = await once(context, async (trx) => {
      await setConfiguration(trx, context, changed);
      const details = { from, to: changed };
      await audit(trx, context, { act: 'credit-settings', target: 'whmcs', details });
    });
    return redirect('credit-settings', outcome, 'settings');
  },
});

function readForm(form: Readonly<Record<string, string>>): {
  readonly wanted: readonly ConfigurationValue[];
  readonly problems: ReadonlyMap<string, string>;
} {
  const problems = new Map<string, string>();
  const wanted: ConfigurationValue[] = [];
  for (const { setting, kind, inverted } of CREDIT_SETTINGS) {
    const text = form[inputOf(setting)] ?? '';
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
  return { wanted, problems };
}

function switchValue(ticked: boolean, inverted: boolean): string {
  return ticked === inverted ? '' : 'on';
}

function amountValue(text: string): string | undefined {
  const amount = parseAmount(pointForComma(text));
  return amount === undefined || amount < 0n ? undefined : formatAmount(amount);
}

function amountOf(
  values: readonly ConfigurationValue[],
  setting: CreditSetting,
): bigint | undefined {
  const value = values.find((one) => one.setting === setting)?.value;
  return value === undefined ? undefined : parseAmount(value);
}
