import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParts, type Parts } from '../../../src/app/create-parts.ts';
import { createLogger } from '../../../src/base/logger.ts';
import { expectCoherentLedger } from '../../support/expect-coherent-ledger.ts';
import {
  ASKING_RULES,
  askedEffects,
  askFor,
  outcomeOf,
  prepare,
  startAsking,
  wantedOf,
} from '../../torture/asked-effects.ts';
import { isWholeMatrix } from '../../torture/extent.ts';
import { openGround } from '../../torture/ground.ts';
import { type ServiceStep, serviceSteps } from '../../torture/service-knife.ts';

// The crash matrix (torture/matrix.ts) of what the service itself writes of effects: it is killed around the COMMIT that decides one of
// each, and the hooks are told again. Where PHP is killed in the commands that follow: killed.test.ts.

const WAIT = { timeout: 40_000, interval: 200 };

const ground = await openGround({ rules: ASKING_RULES });
let parts: Parts;

beforeAll(async () => {
  await ground.setSwitches({});
  await startAsking(ground);
  parts = await createParts(
    { databaseUrl: ground.installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
});
afterAll(async () => {
  await parts?.close();
  await ground.stop();
});

/** What credit is to be parked or to come back is looked after each minute. */
const lookAfter = () => parts.operations.lookAfterParkings(new Date());

/** Killed behind its COMMIT, the service knows nothing of what is done already. */
const steps: readonly ServiceStep[] = isWholeMatrix ? serviceSteps : ['after-commit'];

test.each(steps)(
  'the service is killed %s of the transaction that decides one of each effect, and there is one of each',
  async (step) => {
    const prepared = await prepare(ground, lookAfter);
    ground.armService(step);
    await askFor(ground, prepared);
    expect(ground.disarmService()).toBe(true);
    for (const telling of ['after it was killed', 'told once more']) {
      if (telling === 'told once more') await askFor(ground, prepared);
      for (const effect of askedEffects) {
        const one = prepared[effect];
        await expect
          .poll(() => outcomeOf(ground, one.client, lookAfter), {
            ...WAIT,
            message: `${effect}, ${telling}`,
          })
          .toEqual(wantedOf(effect, one.invoice));
      }
    }
    await expectCoherentLedger(ground.installation.database);
    await ground.query('DELETE FROM mod_creditbridge_frozen_clients');
  },
);
