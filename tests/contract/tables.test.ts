import { describe, expect, it } from 'vitest';
import { loadSharedTables, sharedTables } from '../../bridge/index.ts';
import { readContract } from '../support/read-vectors.ts';

describe('the shared tables', () => {
  it('are created by one statement each, in the order of their names', () => {
    const created = loadSharedTables().map(
      (statement) => /^CREATE TABLE (\w+) \([\s\S]*\) ENGINE=InnoDB [^;]*$/.exec(statement)?.[1],
    );
    expect(created).toEqual(sharedTables);
  });

  it('stand in the contract', () => {
    const contract = readContract();
    expect(sharedTables.filter((name) => !contract.includes(`| \`${name}\``))).toEqual([]);
  });
});
