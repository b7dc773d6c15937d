import type { Transaction } from 'kysely';
import { writeNotedLimits } from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import type { AskLimits } from '../deciding/index.ts';
import { type Propose, propose } from '../rules/index.ts';
import type { InstallationStanding } from './installation.ts';
import { OPERATION_RULE } from './operation.ts';
import type { Asker, OperationCommand } from './plan.ts';

/**
 * Asks the rules that limit about an operation and writes down what they said. They hold nothing back. What comes back from an
 * invoice is no effect that a rule could propose, so no rule limits it.
 */
export async function noteLimits(
  trx: Transaction<Database>,
  commands: readonly OperationCommand[],
  { id, actor }: Asker,
  { today, zone }: InstallationStanding,
  { at, askLimits }: { readonly at: Date; readonly askLimits: AskLimits },
): Promise<number> {
  const said = await askLimits(trx, {
    deeds: commands
      .filter(({ terms }) => terms.act.do !== 'return')
      .map((one) => ({ clientId: one.clientId, word: wordOf(one) })),
    rule: OPERATION_RULE,
    localDate: today,
    zone,
    at,
  });
  await writeNotedLimits(trx, id, actor, said);
  return said.length;
}

/** A command of an operation as a rule would propose it. */
function wordOf({
  fact,
  call,
  amountHundredths,
  terms: { act, reason },
}: OperationCommand): Propose {
  if (call.action !== 'AddCredit') throw new TypeError(`No operation asks for ${call.action}.`);
  const { type, description } = call.parameters;
  const wish = { fact, amountHundredths, description, because: reason };
  if (type === 'remove') {
    const [grantId] = act.do === 'spend' ? act.grants : [];
    return propose.remove({
      ...wish,
      from: grantId === undefined ? null : { grantId, as: 'revocation' },
    });
  }
  if (act.do !== 'grant') return propose.grant({ ...wish, grantKind: 'adjustment' });
  return propose.grant({
    ...wish,
    grantKind: act.kind === 'promotional' ? 'promotional' : 'adjustment',
    expiresOn: act.expiresOn,
    priority: act.priority,
  });
}
