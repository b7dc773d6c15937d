import { amountFor, amountPerCurrency, defineRule, limit, z } from '@creditbridge/rules';

/**
 * Keeps what is given at once below an amount, whichever rule gives it. What an admin gives by hand is not limited; Credit Bridge
 * notes beside it what this rule would have allowed.
 */
export const capGifts = defineRule({
  id: 'cap-gifts',
  title: 'Largest gift',
  description: 'No rule gives a client more credit at once than this amount.',
  needs: [],
  settings: z.object({
    most: amountPerCurrency().prefault({}).meta({ title: 'Most at once' }),
  }),
  reach: { run: 'enforced', checkout: 'enforced', admin: 'detected', api: 'detected' },

  limits: {
    grant({ facts, settings }) {
      const most = amountFor(settings.most, facts.client.currency);
      if (most === null) return null;
      return limit({ atMostHundredths: most, because: 'No larger gift at once.' });
    },
  },
});
