import { defineRule, displayAmount, propose, skip, z } from '@creditbridge/rules';

const ID = 'credit-expiry';

const settings = z.object({
  description: z.string().min(1).max(200).default('Credit expired').meta({
    title: 'Text in the credit log',
    description: 'Appears in WHMCS’s credit log; some addons show it to clients.',
  }),
});

export const creditExpiry = defineRule({
  id: ID,
  title: 'Expiry of credit',
  description:
    'Takes away what is left of credit whose last day is over, such as a bonus with an expiry. Other credit of the client is never touched, even when the client spends at that very moment.',
  on: ['GrantExpiring'],
  needs: ['grants'],
  settings,
  givesAtMost: () => ({}),
  reach: { run: 'enforced' },

  decide({ event, facts: { client, ledger }, settings }) {
    if (ledger === null) return [skip('The ledger cannot say yet what is left of this credit.')];
    const grant = ledger.grants.find(({ id }) => id === event.data.grantId);
    if (grant === undefined) return [skip('Nothing is left of this credit.')];
    const left = grant.remainingHundredths - grant.heldHundredths;
    if (left <= 0n) return [skip('What is left of this credit is being taken away already.')];
    return [
      propose.remove({
        // Credit that comes back to an expired grant needs a new fact.
        fact: `${ID}:grant:${grant.id}:${grant.moves}`,
        amountHundredths: left,
        description: settings.description,
        from: { grantId: grant.id, as: 'expiry' },
        because: `${displayAmount(left, client.currency)} of ${grant.kind} credit could be used until ${event.data.expiresOn}.`,
      }),
    ];
  },
});
