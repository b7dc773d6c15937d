import { expect } from 'vitest';
import type { RulesAtWork } from './rules-at-work.ts';
import { postAct, saveRule, takeOverAutomaticUse } from './save-rule.ts';
import { visitAsAdmin } from './stand-in-visitor.ts';
import { addClient } from './whmcs-rows.ts';

/** Parked credit, or credit that is to be parked; the amount in hundredths. */
export interface ParkingSeen {
  readonly id: string;
  readonly state: string;
  readonly amount: number;
  readonly reason: string;
}

/** What tests of payments in doubt and of parked credit do and look at. */
export interface Doubts {
  newClient(): Promise<number>;
  /** The oldest first. */
  parkingsOf(client: number): Promise<readonly ParkingSeen[]>;
  /** Kind and outcome of what is found about a client. */
  findingsOf(client: number): Promise<readonly string[]>;
  /** Waits until nothing is reserved or on its way, so all that is in doubt is parked. */
  settleDoubts(client: number): Promise<void>;
  /** An admin decides on the page about parked credit. */
  decide(parking: string, act: 'unpark' | 'keep'): Promise<void>;
}

/**
 * For `rulesAtWork`: a gateway that does not look whether it told a payment before, another currency, and the rules that payments in
 * doubt would move.
 */
export async function prepareDoubts({ installation }: RulesAtWork): Promise<void> {
  const { standIn, database } = installation;
  await standIn.setSwitch('gateway_checks_transid', 'no');
  await database.query(
    "INSERT INTO tblcurrencies (id, code, prefix, suffix, format, rate, `default`) VALUES (9, 'MXN', '', ' MXN', 1, 18.68, 0)",
  );
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'auto-apply', {
    mode: 'on',
    inputs: { whenCreditArrives: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
  await saveRule(standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '20.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      followsRefund: 'on',
      description: 'Thank you',
    },
  });
}

export function doubtsOf(at: RulesAtWork): Doubts {
  const doubts: Doubts = {
    newClient: () => addClient(at.installation.database.root),
    parkingsOf: (client) =>
      at.installation.database.query<ParkingSeen>(
        `SELECT id, state, CAST(amount_hundredths AS SIGNED) AS amount, reason
         FROM mod_creditbridge_parkings WHERE client_id = ? ORDER BY id`,
        [client],
      ),
    async findingsOf(client) {
      const rows = await at.installation.database.query<{ kind: string; outcome: string }>(
        'SELECT kind, outcome FROM mod_creditbridge_findings WHERE client_id = ? ORDER BY fact',
        [client],
      );
      return rows.map(({ kind, outcome }) => `${kind} ${outcome}`);
    },
    async settleDoubts(client) {
      await expect
        .poll(
          async () => {
            await at.settle();
            return (await doubts.parkingsOf(client)).filter(({ state }) =>
              ['reserved', 'giving-back'].includes(state),
            );
          },
          { timeout: 60_000, interval: 200 },
        )
        .toEqual([]);
    },
    async decide(parking, act) {
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      const fields = { parking, reason: 'Looked at the gateway' };
      const name = act === 'keep' ? 'keep-parked' : 'give-back-parked';
      const page = await postAct(admin, 'parked', name, fields);
      expect(page.path).toContain('said=');
    },
  };
  return doubts;
}
