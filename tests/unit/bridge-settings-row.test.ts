import { describe, expect, it } from 'vitest';
import { creditSettings, readSnapshot, whmcsSettings, whmcsSnapshot } from '../../bridge/index.ts';

const SNAPSHOT = {
  version: '8.13.1',
  zone: 'Europe/Berlin',
  date: '2026-11-22',
  systemUrl: 'https://example.com/',
  settings: { AddFundsEnabled: 'on', AddFundsMinimum: '10.00' },
  dateReadAt: '2026-11-22T12:00:00.000000Z',
  lastCronAt: '2026-11-22T12:00:00.000000Z',
  php: '8.2.29',
  sharedConnection: null,
  engines: { tblclients: 'InnoDB' },
  actingAdmin: { ok: true },
};

describe('the snapshot of WHMCS', () => {
  it('holds every credit setting, and null where WHMCS has no row', () => {
    const { settings } = whmcsSnapshot.parse(SNAPSHOT);
    expect(settings.AddFundsEnabled).toBe('on');
    expect(settings.CreditOnDowngrade).toBeNull();
    expect(Object.keys(settings)).toEqual([...creditSettings, 'EnableMassPay']);
    expect(Object.keys(whmcsSettings.shape)).toEqual(Object.keys(settings));
  });

  it('may hold more than this service knows', () => {
    const newer = { ...SNAPSHOT, weather: 'fine', settings: { NewSetting: 'x' } };
    const read = whmcsSnapshot.parse(newer);
    expect(read).not.toHaveProperty('weather');
    expect(read.settings).not.toHaveProperty('NewSetting');
  });

  it.each(['', '{', '{}', 'null'])('is undefined where the column holds %j', (text) => {
    expect(readSnapshot(text)).toBeUndefined();
    expect(readSnapshot(JSON.stringify(SNAPSHOT))).toMatchObject({ zone: 'Europe/Berlin' });
  });

  it('is refused where a day or a moment is none', () => {
    for (const change of [{ date: '0000-00-00' }, { lastCronAt: '2026-11-22 12:00:00' }]) {
      expect(whmcsSnapshot.safeParse({ ...SNAPSHOT, ...change }).success).toBe(false);
    }
  });
});
