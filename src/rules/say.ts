import type {
  Answer,
  ApplyEffect,
  CancelEffect,
  GrantEffect,
  Limit,
  MailEffect,
  NotifyEffect,
  Propose,
  RemoveEffect,
  Skip,
} from './words.ts';

/** What every proposal needs: the fact it answers, and why, in words an admin understands. */
interface Grounds {
  /** Makes the effect happen once, whatever WHMCS fires again; begin it with the rule's id. */
  readonly fact: string;
  readonly because: string;
}

type Options<Effect, Optional extends keyof Effect> = Grounds &
  Omit<Effect, Optional | 'kind'> &
  Partial<Pick<Effect, Optional>>;

/** Proposals, with the defaults that most rules want. */
export const propose = {
  /** Put credit on an invoice; without further wishes as much as is due and spendable. */
  apply(
    wish: Options<
      ApplyEffect,
      'atMostHundredths' | 'wholeOnly' | 'reserveHundredths' | 'smallestRestHundredths' | 'noEmail'
    >,
  ): Propose {
    return {
      say: 'propose',
      fact: wish.fact,
      effect: {
        kind: 'apply',
        invoiceId: wish.invoiceId,
        atMostHundredths: wish.atMostHundredths ?? null,
        wholeOnly: wish.wholeOnly ?? false,
        reserveHundredths: wish.reserveHundredths ?? 0n,
        smallestRestHundredths: wish.smallestRestHundredths ?? 0n,
        noEmail: wish.noEmail ?? false,
      },
      because: wish.because,
    };
  },

  /** Add credit: promotional unless said otherwise, rounded down to the currency's smallest unit. */
  grant(
    wish: Options<
      GrantEffect,
      'rounding' | 'grantKind' | 'expiresOn' | 'priority' | 'followsInvoiceId'
    >,
  ): Propose {
    return {
      say: 'propose',
      fact: wish.fact,
      effect: {
        kind: 'grant',
        amountHundredths: wish.amountHundredths,
        rounding: wish.rounding ?? 'down',
        description: wish.description,
        grantKind: wish.grantKind ?? 'promotional',
        expiresOn: wish.expiresOn ?? null,
        priority: wish.priority ?? 100,
        followsInvoiceId: wish.followsInvoiceId ?? null,
      },
      because: wish.because,
    };
  },

  /** Take credit away, never more than is spendable; with `from`, never more than is left of that grant. */
  remove(wish: Options<RemoveEffect, 'from'>): Propose {
    return {
      say: 'propose',
      fact: wish.fact,
      effect: {
        kind: 'remove',
        amountHundredths: wish.amountHundredths,
        description: wish.description,
        from: wish.from ?? null,
      },
      because: wish.because,
    };
  },

  /** Cancel an unpaid invoice on which no payment was attempted. */
  cancel(wish: Options<CancelEffect, never>): Propose {
    return {
      say: 'propose',
      fact: wish.fact,
      effect: { kind: 'cancel', invoiceId: wish.invoiceId },
      because: wish.because,
    };
  },

  /** A mail to the client, at once unless a delay or another fact is named. */
  mail(wish: Options<MailEffect, 'delaySeconds' | 'afterFact' | 'whileInvoiceIs'>): Propose {
    return {
      say: 'propose',
      fact: wish.fact,
      effect: {
        kind: 'mail',
        mail: wish.mail,
        delaySeconds: wish.delaySeconds ?? 0,
        afterFact: wish.afterFact ?? null,
        whileInvoiceIs: wish.whileInvoiceIs ?? null,
      },
      because: wish.because,
    };
  },

  /** A line for the admins on the addon page. */
  notify(wish: Options<NotifyEffect, 'level'>): Propose {
    return {
      say: 'propose',
      fact: wish.fact,
      effect: { kind: 'notify', level: wish.level ?? 'info', text: wish.text },
      because: wish.because,
    };
  },
} as const;

/** At most this much of an effect that someone proposes; see `Limit`. */
export function limit(
  effect: Limit['effect'],
  wish: Pick<Limit, 'atMostHundredths' | 'because'> &
    Partial<Pick<Limit, 'invoiceId' | 'proposedBy' | 'budget'>>,
): Limit {
  return {
    say: 'limit',
    effect,
    invoiceId: wish.invoiceId ?? null,
    proposedBy: wish.proposedBy ?? null,
    atMostHundredths: wish.atMostHundredths,
    budget: wish.budget ?? null,
    because: wish.because,
  };
}

/** Do nothing, and say why: the admin who asks reads this sentence. */
export function skip(because: string): Skip {
  return { say: 'skip', because };
}

/** Answer WHMCS while it waits; see `Answer`. */
export function answer(said: Omit<Answer, 'say'>): Answer {
  return { say: 'answer', ...said };
}
