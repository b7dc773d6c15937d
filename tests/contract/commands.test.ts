import { describe, expect, it } from 'vitest';
import { commandParameters, isCommandAction } from '../../bridge/index.ts';
import { readVectors } from '../support/read-vectors.ts';

/** What the service may ask for and the shim carries out, for client 5 and invoice 9. */
interface Case {
  readonly name: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly allowed: boolean;
}

describe('a command', () => {
  it.each(readVectors<Case>('commands.json'))('$action: $name', (vector) => {
    if (!isCommandAction(vector.action)) {
      throw new Error(`${vector.action} is not an action.`);
    }
    const parsed = commandParameters[vector.action].safeParse(vector.parameters);
    expect(parsed.success).toBe(vector.allowed);
  });
});
