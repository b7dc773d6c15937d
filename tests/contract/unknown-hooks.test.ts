import { describe, expect, it } from 'vitest';
import {
  deniedParts,
  type FieldValue,
  forwardedEndings,
  forwardedFields,
  neverForwardedHooks,
} from '../../bridge/index.ts';
import { readContract, readVectors } from '../support/read-vectors.ts';

/** `data` is null where the hook is never forwarded. */
interface Case {
  readonly name: string;
  readonly hook: string;
  readonly fields: readonly string[];
  readonly vars: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, FieldValue>> | null;
}

const cases = readVectors<Case>('unknown-hooks.json');

describe('a hook that only a rule of a provider listens to', () => {
  it.each(cases)('$hook: $name', ({ hook, fields, vars, data }) => {
    const sent = forwardedFields(hook, fields, vars);
    const entries = (members: object | null | undefined) => members && Object.entries(members);
    expect(entries(sent) ?? null).toEqual(entries(data));
  });

  it('is never forwarded for every name on the list', () => {
    const tried = cases.filter(({ data }) => data === null).map(({ hook }) => hook);
    expect(tried).toEqual([...neverForwardedHooks]);
  });

  it('keeps every denied part at home, whatever stands around it', () => {
    for (const part of deniedParts) {
      const name = `the${part.toUpperCase()}id`;
      expect(forwardedFields('AnyHook', [name], { [name]: 1 })).toEqual({});
    }
  });

  it('is described in the contract with the same words', () => {
    const contract = readContract();
    const words = [...neverForwardedHooks, ...deniedParts, ...forwardedEndings];
    expect(words.filter((word) => !contract.includes(`\`${word}\``))).toEqual([]);
  });
});
