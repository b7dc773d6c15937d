import { z } from 'zod';
import { defineEffect, type Wished } from '../serving/define-effect.ts';
import { text } from '../serving/members.ts';
import { withoutAmount } from '../serving/served.ts';

const schema = z.strictObject({
  kind: z.literal('freeze'),
  /** For the admins, who end the freeze. */
  reason: text,
});

/**
 * Does nothing more for this client until an admin ends the freeze, as if an admin had begun it: rules write no command, and commands
 * that wait stay. WHMCS itself goes on.
 */
export type FreezeEffect = Readonly<z.output<typeof schema>>;

export const freeze = defineEffect({
  schema,
  asks: 'store',
  movesMoney: false,

  propose(wish: Wished<FreezeEffect>) {
    return { kind: 'freeze', reason: wish.reason };
  },

  asked: () => null,

  merge: (one) => one,

  serve: (_, { spendableHundredths }) => withoutAmount(spendableHundredths, null),

  words: {
    name: 'Freeze a client',
    verb: 'freeze',
    participle: 'frozen',
    object: ({ client }) => client,
  },

  write: ({ reason }) => ({ write: 'freeze', reason }),
});
