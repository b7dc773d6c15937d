import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Book,
  type Changes,
  loadsFor,
  openBook,
  openingGrants,
  type Replayed,
  replay,
} from '../../src/ledger/index.ts';
import { DrawDownModel } from '../support/draw-down-model.ts';
import { partOfBook } from '../support/part-of-book.ts';
import { entriesOf, historyOf, PARKS, randomLife, settingsOf } from '../support/random-postings.ts';

const RUNS = { numRuns: 400 };

interface Posted {
  readonly entry: Replayed;
  readonly changes: Changes;
  readonly before: Book;
  readonly after: Book;
}
type Life = typeof randomLife extends fc.Arbitrary<infer T> ? T : never;

/** Lives it through, and keeps the book before and after every entry. */
function live(life: Life): { history: Replayed[]; opened: Book; posted: Posted[] } {
  const history = historyOf(life.history);
  const opened = asBook(openingGrants(history));
  const book = openBook(opened);
  const entries = [...history];
  const posted: Posted[] = [];
  for (const step of life.steps) {
    for (const entry of entriesOf(step, entries, book.state())) {
      const before = book.state();
      const changes = book.post(entry, settingsOf(entry.settingsVersion));
      posted.push({ entry, changes, before, after: book.state() });
      entries.push(entry);
    }
  }
  return { history, opened, posted };
}

function asBook({ grants, spends, drawDowns }: Changes): Book {
  return {
    grants: new Map(grants.map((grant) => [grant.id, grant])),
    spends: new Map(spends.map((spend) => [spend.sequence, spend])),
    drawDowns,
  };
}

const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, one) => total + one, 0n);
const signed = ({ direction, amountHundredths }: Replayed) =>
  direction === 'in' ? amountHundredths : -amountHundredths;

/** Draws less returns, by `spend:grant`; pairs with nothing left are left out. */
function drawn(book: Book): Map<string, bigint> {
  const pairs = new Map<string, bigint>();
  for (const { spend, grantId, direction, amountHundredths } of book.drawDowns) {
    const pair = `${spend}:${grantId}`;
    const change = direction === 'draw' ? amountHundredths : -amountHundredths;
    pairs.set(pair, (pairs.get(pair) ?? 0n) + change);
  }
  return new Map([...pairs].filter(([, amount]) => amount !== 0n).sort());
}

function net(book: Book, which: { readonly spend?: bigint; readonly grant?: bigint }): bigint {
  const rows = book.drawDowns.filter(
    (row) =>
      (which.spend === undefined || row.spend === which.spend) &&
      (which.grant === undefined || row.grantId === which.grant),
  );
  return sum(rows.map((row) => (row.direction === 'draw' ? 1n : -1n) * row.amountHundredths));
}

describe('the laws of the book', () => {
  it('keep what remains less what is unfunded equal to the sum of the entries', () => {
    fc.assert(
      fc.property(randomLife, (life) => {
        const { history, opened, posted } = live(life);
        let expected = sum(history.map(signed));
        const balance = (book: Book) =>
          sum([...book.grants.values()].map((grant) => grant.remainingHundredths)) -
          sum([...book.spends.values()].map((spend) => spend.unfundedHundredths));
        expect(balance(opened)).toBe(expected);
        for (const { entry, after } of posted) {
          expected += signed(entry);
          expect(balance(after)).toBe(expected);
        }
      }),
      RUNS,
    );
  });

  it('keep every grant between nothing and its amount, and its remainder what its draw-downs leave', () => {
    fc.assert(
      fc.property(randomLife, (life) => {
        for (const { after } of live(life).posted) {
          for (const grant of after.grants.values()) {
            expect(grant.remainingHundredths).toBeGreaterThanOrEqual(0n);
            expect(grant.remainingHundredths).toBe(
              grant.amountHundredths - net(after, { grant: grant.id }),
            );
          }
          for (const amount of drawn(after).values()) expect(amount).toBeGreaterThan(0n);
        }
      }),
      RUNS,
    );
  });

  it('account for every spend: drawn, unfunded, or come back', () => {
    fc.assert(
      fc.property(randomLife, (life) => {
        const { opened, posted } = live(life);
        const missing = (book: Book) =>
          [...book.spends.values()].map((spend) => {
            const covered = net(book, { spend: spend.sequence });
            expect(covered).toBeGreaterThanOrEqual(0n);
            const back = spend.amountHundredths - covered - spend.unfundedHundredths;
            expect(back).toBeGreaterThanOrEqual(0n);
            return back;
          });
        let cameBack = sum(missing(opened));
        for (const { entry, changes, after } of posted) {
          if (
            entry.act.do === 'return' ||
            (entry.act.do === 'correct' && entry.direction === 'in')
          ) {
            const opened = changes.grants.find((grant) => grant.id === entry.sequence);
            cameBack += entry.amountHundredths - (opened?.amountHundredths ?? 0n);
          }
          expect(sum(missing(after))).toBe(cameBack);
        }
      }),
      RUNS,
    );
  });

  it('give parked credit back to the grant it came from, and take what is kept from it', () => {
    let decided = 0;
    fc.assert(
      fc.property(randomLife, (life) => {
        const { posted } = live(life);
        const entries = posted.map(({ entry }) => entry);
        for (const [at, { entry, before, after }] of posted.entries()) {
          if (entry.commandId === null || entry.act.do !== 'correct') continue;
          const { corrects } = entry.act;
          const parked = entries.find(({ sequence }) => sequence === corrects);
          const [grantId] = parked?.act.do === 'spend' ? parked.act.grants : [];
          if (parked === undefined || grantId === undefined) continue;
          // As much as the parking still holds of the grant goes back to it, with its kind and days; or covers what is unfunded.
          const held = net(before, { spend: corrects, grant: grantId });
          const [was, is] = [before.grants.get(grantId), after.grants.get(grantId)];
          expect(net(after, { spend: corrects, grant: grantId })).toBe(0n);
          expect(is).toMatchObject({ kind: was?.kind, expiresOn: was?.expiresOn });
          const usedAtOnce = sum(
            after.drawDowns
              .slice(before.drawDowns.length)
              .filter((row) => row.grantId === grantId && row.direction === 'draw')
              .map(({ amountHundredths }) => amountHundredths),
          );
          expect((is?.remainingHundredths ?? 0n) + usedAtOnce).toBe(
            (was?.remainingHundredths ?? 0n) + held,
          );
          decided += 1;
          const next = posted[at + 1];
          if (entry.commandId === PARKS || next === undefined) continue;
          // Kept: the balance is as before both entries, and nothing of the parking comes back.
          const balance = (book: Book) =>
            sum([...book.grants.values()].map((grant) => grant.remainingHundredths)) -
            sum([...book.spends.values()].map((spend) => spend.unfundedHundredths));
          expect(balance(next.after)).toBe(balance(before));
        }
      }),
      RUNS,
    );
    expect(decided).toBeGreaterThan(50);
  });

  it('make a replay give exactly the book that grew entry by entry', () => {
    fc.assert(
      fc.property(randomLife, (life) => {
        const { history, opened, posted } = live(life);
        const entries = [...history, ...posted.map(({ entry }) => entry)];
        expect(replay(entries, settingsOf)).toEqual(posted.at(-1)?.after ?? opened);
      }),
      RUNS,
    );
  });

  it('let a store load no more than loadsFor says, for one entry or for several at once', () => {
    fc.assert(
      fc.property(randomLife, fc.integer({ min: 1, max: 5 }), (life, atOnce) => {
        const { posted } = live(life);
        for (let at = 0; at < posted.length; at += atOnce) {
          const page = posted.slice(at, at + atOnce);
          const whole = page[0]?.before;
          if (whole === undefined) return;
          const part = openBook(partOfBook(whole, loadsFor(page.map(({ entry }) => entry))));
          for (const { entry, changes } of page) {
            expect(part.post(entry, settingsOf(entry.settingsVersion))).toEqual(changes);
          }
        }
      }),
      RUNS,
    );
  });

  it('draw the same grants for the same entries as a model that moves single hundredths', () => {
    fc.assert(
      fc.property(randomLife, (life) => {
        const { opened, posted } = live(life);
        const model = new DrawDownModel();
        for (const grant of opened.grants.values()) {
          model.mint(grant, grant.id, Number(grant.amountHundredths));
        }
        for (const { sequence, invoiceId, unfundedHundredths } of opened.spends.values()) {
          model.takers.set(sequence, { invoiceId, unfunded: Number(unfundedHundredths) });
        }
        for (const { entry, after } of posted) {
          model.post(entry, settingsOf(entry.settingsVersion));
          const taken = new Map<string, bigint>();
          for (const { holder, grant } of model.coins) {
            if (holder === null) continue;
            taken.set(`${holder}:${grant}`, (taken.get(`${holder}:${grant}`) ?? 0n) + 1n);
          }
          expect(drawn(after)).toEqual(new Map([...taken].sort()));
          expect(
            [...after.spends].map(([id, one]) => [id, Number(one.unfundedHundredths)]),
          ).toEqual([...model.takers].map(([id, one]) => [id, one.unfunded]));
          for (const [id, { kind, expiresOn, startsOn }] of model.grants) {
            expect(after.grants.get(id)).toMatchObject({ kind, expiresOn, startsOn });
          }
        }
      }),
      RUNS,
    );
  });
});
