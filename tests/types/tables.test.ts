import { describe, expectTypeOf, it } from 'vitest';
import type { Db, OwnTables, SharedTables, WhmcsTables } from '../../src/db/index.ts';

/** What must not compile is marked; the compiler (`npm run check`) fails when a mark is needless. */

declare const db: Db;

describe('a table of WHMCS', () => {
  it('can be read by the columns that are granted, and no others', () => {
    const read = () => db.selectFrom('tblclients').select(['id', 'credit']).execute();
    expectTypeOf(read).returns.resolves.toEqualTypeOf<{ id: number; credit: string }[]>();
    // @ts-expect-error Names of people are not read.
    const name = () => db.selectFrom('tblclients').select('firstname');
    // @ts-expect-error Settings of WHMCS come from the shim's snapshot.
    const settings = () => db.selectFrom('tblconfiguration');
    expectTypeOf([name, settings]).toBeArray();
  });

  it('can not be written', () => {
    // @ts-expect-error Money moves through WHMCS alone.
    const update = () => db.updateTable('tblclients').set({ credit: '1000.00' });
    expectTypeOf(update).toBeFunction();
    expectTypeOf<keyof WhmcsTables>().not.toEqualTypeOf<'tbladmins'>();
  });
});

describe('a table shared with the shim', () => {
  it('keeps commands out of our hands once they are written', () => {
    // @ts-expect-error Only the shim moves a command on.
    const settle = () => db.updateTable('mod_creditbridge_commands').set({ state: 'done' });
    // @ts-expect-error The kill switch is the shim's.
    const freeze = () => db.updateTable('mod_creditbridge_settings').set({ frozen: 1 });
    const seen = () => db.updateTable('mod_creditbridge_settings').set({ service_version: '1' });
    expectTypeOf([settle, freeze, seen]).toBeArray();
    expectTypeOf<SharedTables['mod_creditbridge_commands']>().not.toHaveProperty('secret');
  });
});

describe('a table of our own', () => {
  it('holds amounts as bigint, and what is written once stays', () => {
    expectTypeOf<
      OwnTables['mod_creditbridge_decisions']['amount_hundredths']
    >().toEqualTypeOf<bigint>();
    const history = () => db.updateTable('mod_creditbridge_rule_settings_history');
    // @ts-expect-error History is not rewritten.
    const rewrite = () => history().set({ mode: 'off' });
    expectTypeOf(rewrite).toBeFunction();
  });
});
