import { expect, test } from 'vitest';
import type { Viewer } from '../../../bridge/index.ts';
import { isFullAdmin, mayManage, maySee, maySeeOwnCredit } from '../../../src/pages/rights.ts';

const admin = (...permissions: string[]): Viewer => ({ kind: 'admin', adminId: 1, permissions });
const client = (...permissions: string[]): Viewer => ({
  kind: 'client',
  clientId: 5,
  userId: 7,
  permissions,
  masqueradingAdminId: null,
});

test('Manage Credits lets an admin see and change', () => {
  expect([mayManage(admin('Manage Credits')), maySee(admin('Manage Credits'))]).toEqual([
    true,
    true,
  ]);
});

test('View Credit Log lets an admin see, not change', () => {
  expect([mayManage(admin('View Credit Log')), maySee(admin('View Credit Log'))]).toEqual([
    false,
    true,
  ]);
});

test('another permission lets an admin do neither', () => {
  expect([mayManage(admin('Manage Invoice')), maySee(admin('Manage Invoice'))]).toEqual([
    false,
    false,
  ]);
});

test('only Configure Addon Modules makes a full admin', () => {
  expect([
    isFullAdmin(admin('Configure Addon Modules')),
    isFullAdmin(admin('Manage Credits')),
  ]).toEqual([true, false]);
  expect(isFullAdmin(client('Configure Addon Modules'))).toBe(false);
});

test('a client has no rights of an admin, whatever its permissions are called', () => {
  const sly = client('Manage Credits', 'View Credit Log');
  expect([mayManage(sly), maySee(sly), maySeeOwnCredit(sly)]).toEqual([false, false, false]);
});

test('a client sees its credit with the invoices permission only', () => {
  expect([maySeeOwnCredit(client('invoices')), maySeeOwnCredit(client('tickets'))]).toEqual([
    true,
    false,
  ]);
  expect(maySeeOwnCredit(admin('invoices'))).toBe(false);
});
