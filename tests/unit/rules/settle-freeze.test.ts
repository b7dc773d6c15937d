import { describe, expect, it } from 'vitest';
import { commandFor, storeWritesFor } from '../../../src/commands/index.ts';
import { propose } from '../../../src/rules/index.ts';
import { asked, inShort, says, settleOne, WISH } from './settling.ts';

const FREEZE = { fact: 'f:invoice:9', reason: 'Taken back.', because: 'The payment is gone.' };

describe('a freeze by a rule', () => {
  const freeze = says('f', propose.freeze(FREEZE));

  it('is written with its reason, asks WHMCS for nothing and takes no credit from other proposals', () => {
    const settled = settleOne(asked(), [freeze, says('a', propose.apply(WISH))]);
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 1500n],
      ['effect', 'f', 0n],
    ]);
    const [, frozen] = settled;
    expect(frozen && storeWritesFor(frozen)).toEqual([{ write: 'freeze', reason: 'Taken back.' }]);
    expect(frozen && commandFor(frozen)).toBeNull();
  });

  it('happens once for each fact, so that what an admin ended does not come back', () => {
    const again = settleOne(asked(), [freeze], { live: new Set([FREEZE.fact]) });
    expect(inShort(again)).toEqual([['skipped', 'f', 0n]]);
  });

  it('leaves the freeze of an admin as it is', () => {
    const frozen = asked({}, { frozenBecause: 'Under review.' });
    expect(settleOne(frozen, [freeze])[0]).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('This client is frozen: Under review.'),
    });
  });

  it('freezes nobody while its rule observes', () => {
    const [observed] = settleOne(asked(), [{ ...freeze, mode: 'observe' }]);
    expect(observed?.outcome).toBe('observed');
    expect(observed && storeWritesFor(observed)).toEqual([]);
  });
});
