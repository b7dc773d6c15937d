import type { Grant, LedgerSettings, Posting } from '../../src/ledger/index.ts';

/** One hundredth of a grant, and who has it. */
interface Coin {
  readonly grant: bigint;
  holder: bigint | null;
  takenAt: number;
}

type Terms = Pick<Grant, 'kind' | 'openedOn' | 'startsOn' | 'expiresOn' | 'priority'>;
interface Taker {
  readonly invoiceId: number | null;
  unfunded: number;
}

/**
 * The ledger's draw-down once more, as plainly as can be: every hundredth is a coin that lies in its grant or with the entry
 * that took it, and everything happens coin by coin. Slow, for amounts of a few hundredths.
 */
export class DrawDownModel {
  readonly grants = new Map<bigint, Terms>();
  readonly takers = new Map<bigint, Taker>();
  coins: Coin[] = [];
  /** By entry: the grants it put coins into, and from whom it took coins away. */
  readonly #restored = new Map<bigint, bigint[]>();
  readonly #robbed = new Map<bigint, { grant: bigint; from: bigint }[]>();
  #moves = 0;

  post(posting: Posting, settings: LedgerSettings): void {
    const { act, sequence } = posting;
    const amount = Number(posting.amountHundredths);
    if (act.do === 'history')
      throw new Error('The model knows no history; begin() with what it left.');
    if (act.do === 'grant') this.mint({ ...act, openedOn: posting.on }, sequence, amount);
    if (act.do === 'return') {
      const ofInvoice = [...this.takers].filter(
        ([, { invoiceId }]) => invoiceId !== null && invoiceId === posting.invoiceId,
      );
      this.#restore(
        posting,
        amount,
        ofInvoice.map(([taker]) => taker),
      );
    }
    if (act.do === 'spend') {
      const wishes = act.grants.flatMap((grant) => Array<bigint>(amount).fill(grant));
      this.#take(posting, amount, wishes, settings);
    }
    if (act.do === 'reverse') this.#reverse(posting, amount, act.grants);
    if (act.do === 'take-back') this.#take(posting, amount, this.#givenBy(act.returns), settings);
    if (act.do === 'correct' && posting.direction === 'in') {
      this.#restore(posting, amount, this.takers.has(act.corrects) ? [act.corrects] : []);
      for (const { grant, from } of this.#robbed.get(act.corrects) ?? []) {
        const coin = this.#free().find((one) => one.grant === grant);
        if (this.#taker(from).unfunded > 0 && coin) this.#hand(coin, from);
      }
    }
    if (act.do === 'correct' && posting.direction === 'out') {
      this.#confiscate(posting, amount, this.#givenBy(act.corrects));
    }
    this.#fund(posting, settings);
  }

  mint(terms: Terms, grant: bigint, amount: number): void {
    const { kind, openedOn, startsOn, expiresOn, priority } = terms;
    this.grants.set(grant, { kind, openedOn, startsOn, expiresOn, priority });
    for (let n = 0; n < amount; n++) this.coins.push({ grant, holder: null, takenAt: 0 });
  }

  #restore(posting: Posting, amount: number, from: bigint[]): void {
    const newestFirst = from.sort((a, b) => Number(b - a));
    const restored: bigint[] = [];
    let minted = 0;
    for (let n = 0; n < amount; n++) {
      const owing = newestFirst.find((taker) => this.#taker(taker).unfunded > 0);
      if (owing !== undefined) {
        this.#taker(owing).unfunded--;
        continue;
      }
      const holder = newestFirst.find((taker) => this.coins.some((coin) => coin.holder === taker));
      if (holder === undefined) {
        minted++;
        continue;
      }
      const coin = this.#lastTaken((one) => one.holder === holder);
      coin.holder = null;
      restored.push(coin.grant);
    }
    this.#restored.set(posting.sequence, restored);
    if (minted === 0) return;
    this.mint(
      { kind: 'refund', openedOn: posting.on, startsOn: null, expiresOn: null, priority: 100 },
      posting.sequence,
      minted,
    );
  }

  #givenBy(entry: bigint): bigint[] {
    const minted = this.coins.filter((coin) => coin.grant === entry).map((coin) => coin.grant);
    return [...minted, ...(this.#restored.get(entry) ?? []).toReversed()];
  }

  #take(posting: Posting, amount: number, wishes: bigint[], settings: LedgerSettings): void {
    this.takers.set(posting.sequence, { invoiceId: posting.invoiceId, unfunded: amount });
    for (const wish of wishes) {
      const coin = this.#free().find((one) => one.grant === wish);
      if (coin && this.#taker(posting.sequence).unfunded > 0) this.#hand(coin, posting.sequence);
    }
    while (this.#taker(posting.sequence).unfunded > 0) {
      const coin = this.#best(this.#free(), posting, settings);
      if (coin === undefined) return;
      this.#hand(coin, posting.sequence);
    }
  }

  #reverse({ sequence, invoiceId }: Posting, amount: number, grants: readonly bigint[]): void {
    this.takers.set(sequence, { invoiceId, unfunded: amount });
    for (const grant of grants.toSorted((a, b) => Number(b - a))) {
      for (const coin of this.#free().filter((one) => one.grant === grant)) {
        if (this.#taker(sequence).unfunded > 0) this.#hand(coin, sequence);
      }
    }
  }

  #confiscate(posting: Posting, amount: number, grants: bigint[]): void {
    const { sequence } = posting;
    this.takers.set(sequence, { invoiceId: posting.invoiceId, unfunded: amount });
    const robbed: { grant: bigint; from: bigint }[] = [];
    for (const grant of grants) {
      let coin = this.#free().find((one) => one.grant === grant);
      if (coin === undefined) {
        coin = this.#lastTaken((one) => one.grant === grant && one.holder !== sequence);
        const from = coin.holder ?? 0n;
        robbed.push({ grant, from });
        this.#taker(from).unfunded++;
      }
      this.#hand(coin, sequence);
    }
    this.#robbed.set(sequence, robbed);
  }

  #fund(posting: Posting, settings: LedgerSettings): void {
    for (const taker of [...this.takers.keys()].sort((a, b) => Number(a - b))) {
      while (this.#taker(taker).unfunded > 0) {
        const may = this.#free().filter(
          ({ grant }) =>
            settings.promotionalFundsUnfunded ||
            this.grants.get(grant)?.kind !== 'promotional' ||
            (posting.act.do === 'grant' && posting.act.fundsUnfunded && grant === posting.sequence),
        );
        const coin = this.#best(may, posting, settings);
        if (coin === undefined) return;
        this.#hand(coin, taker);
      }
    }
  }

  /** The coin whose properties, written one after the other, come first in the alphabet. */
  #best(coins: Coin[], posting: Posting, settings: LedgerSettings): Coin | undefined {
    const written = (coin: Coin) => {
      const terms = this.grants.get(coin.grant);
      if (terms === undefined) throw new Error(`No grant ${coin.grant}.`);
      const notYet = terms.startsOn !== null && posting.on !== null && posting.on < terms.startsOn;
      const words = {
        priority: String(terms.priority).padStart(4, '0'),
        expiry: terms.expiresOn ?? '9999-99-99',
        kind: String(settings.kindOrder.indexOf(terms.kind)),
        age: terms.openedOn ?? '0000-00-00',
      };
      const parts = settings.drawOrder.map((criterion) => words[criterion]);
      return [notYet ? 'later' : 'begun', ...parts, String(coin.grant).padStart(20, '0')].join('|');
    };
    return coins
      .map((coin) => ({ coin, text: written(coin) }))
      .sort((a, b) => (a.text < b.text ? -1 : 1))[0]?.coin;
  }

  #free(): Coin[] {
    return this.coins.filter((coin) => coin.holder === null);
  }

  #lastTaken(which: (coin: Coin) => boolean): Coin {
    const coin = this.coins
      .filter((one) => one.holder !== null && which(one))
      .sort((a, b) => b.takenAt - a.takenAt)[0];
    if (coin === undefined) throw new Error('Nobody has such a coin.');
    return coin;
  }

  #hand(coin: Coin, taker: bigint): void {
    coin.holder = taker;
    coin.takenAt = ++this.#moves;
    this.#taker(taker).unfunded--;
  }

  #taker(sequence: bigint): Taker {
    const taker = this.takers.get(sequence);
    if (taker === undefined) throw new Error(`Entry ${sequence} took nothing.`);
    return taker;
  }
}
