import { expect, test } from 'vitest';
import type { Viewer } from '../../../bridge/index.ts';
import {
  hasRight,
  maySeeOwnCredit,
  permissionsFor,
  type Right,
} from '../../../src/pages/rights.ts';

const admin = (...permissions: string[]): Viewer => ({ kind: 'admin', adminId: 1, permissions });
const client = (...permissions: string[]): Viewer => ({
  kind: 'client',
  clientId: 5,
  userId: 7,
  permissions,
  masqueradingAdminId: null,
});

const RIGHTS: readonly Right[] = ['enter', 'see', 'manage', 'set-whmcs', 'configure'];
const rightsOf = (viewer: Viewer) => RIGHTS.filter((right) => hasRight(viewer, right));

test('Manage Credits lets an admin see and change', () => {
  expect(rightsOf(admin('Manage Credits'))).toEqual(['enter', 'see', 'manage']);
});

test('View Credit Log lets an admin see, not change', () => {
  expect(rightsOf(admin('View Credit Log'))).toEqual(['enter', 'see']);
});

test('another permission lets an admin do neither', () => {
  expect(rightsOf(admin('Manage Invoice'))).toEqual(['enter']);
});

test('only Configure Addon Modules makes a full admin', () => {
  expect(rightsOf(admin('Configure Addon Modules'))).toEqual(['enter', 'configure']);
});

test('of several rights one is enough', () => {
  expect(hasRight(admin('Configure Addon Modules'), ['see', 'configure'])).toBe(true);
  expect(hasRight(admin('Manage Invoice'), ['see', 'configure'])).toBe(false);
});

test('WHMCS’s own settings need its permission for them beside Manage Credits', () => {
  expect(rightsOf(admin('Configure General Settings'))).toEqual(['enter']);
  expect(rightsOf(admin('Manage Credits', 'Configure General Settings'))).toEqual([
    'enter',
    'see',
    'manage',
    'set-whmcs',
  ]);
});

test('the permissions to ask for are those of the first right', () => {
  expect(permissionsFor('see')).toEqual(['View Credit Log']);
  expect(permissionsFor(['manage', 'configure'])).toEqual(['Manage Credits']);
  expect(permissionsFor('set-whmcs')).toEqual(['Manage Credits', 'Configure General Settings']);
});

test('a client has no rights of an admin, whatever its permissions are called', () => {
  const sly = client('Manage Credits', 'View Credit Log', 'Configure Addon Modules');
  expect(rightsOf(sly)).toEqual([]);
  expect(maySeeOwnCredit(sly)).toBe(false);
});

test('a client sees its credit with the invoices permission only', () => {
  expect([maySeeOwnCredit(client('invoices')), maySeeOwnCredit(client('tickets'))]).toEqual([
    true,
    false,
  ]);
  expect(maySeeOwnCredit(admin('invoices'))).toBe(false);
});
