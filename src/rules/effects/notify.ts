import { z } from 'zod';
import { defineEffect, type Wished } from '../serving/define-effect.ts';
import { text } from '../serving/members.ts';
import { withoutAmount } from '../serving/served.ts';

const schema = z.strictObject({
  kind: z.literal('notify'),
  level: z.enum(['info', 'warning']),
  text,
});

/** A line for the admins on the addon page. */
export type NotifyEffect = Readonly<z.output<typeof schema>>;

export const notify = defineEffect({
  schema,
  asks: 'admins',
  movesMoney: false,

  propose(wish: Wished<NotifyEffect, 'level'>) {
    return { kind: 'notify', level: wish.level ?? 'info', text: wish.text };
  },

  asked: () => null,

  merge: (one) => one,

  serve: (_, { spendableHundredths }) => withoutAmount(spendableHundredths, null),

  words: {
    name: 'Tell the admins',
    verb: 'leave',
    participle: 'left',
    object: ({ target }) => `a note for the admins about ${target}`,
  },

  notice: ({ level, text }) => ({ level, text }),
});
