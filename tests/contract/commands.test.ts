import { describe, expect, it } from 'vitest';
import { commandParameters, isCommandAction } from '../../bridge/index.ts';
import { effects } from '../../src/rules/effects/index.ts';
import { ownActionOf } from '../../src/rules/settle/index.ts';
import { readVectors } from '../support/read-vectors.ts';

/** What the service may ask for and the shim carries out, for client 5 and invoice 9. */
interface Case {
  readonly name: string;
  readonly action: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly allowed: boolean;
}

/** Of an action in the bridge, or of one that an effect declares for itself. */
function parametersOf(action: string) {
  if (isCommandAction(action)) return commandParameters[action];
  const own = effects.map((home) => ownActionOf(home as Parameters<typeof ownActionOf>[0]));
  const found = own.find((one) => one?.name === action);
  if (found === undefined) throw new Error(`${action} is not an action.`);
  return found.parameters;
}

describe('a command', () => {
  it.each(readVectors<Case>('commands.json'))('$action: $name', (vector) => {
    expect(parametersOf(vector.action).safeParse(vector.parameters).success).toBe(vector.allowed);
  });
});
