import { expect, test } from 'vitest';
import { hashToken, newToken, readBearer, readScopes, scopesOf } from '../../../src/api/index.ts';

test('each token is another, and its hash is the same each time', () => {
  const tokens = new Set(Array.from({ length: 100 }, newToken));
  expect(tokens.size).toBe(100);
  for (const token of tokens) {
    expect(readBearer(`Bearer ${token}`)).toBe(token);
    expect(hashToken(token)).toEqual(hashToken(token));
    expect(hashToken(token)).toHaveLength(32);
  }
});

const good = `cbt_${'a'.repeat(43)}`;
test.each([
  [`bearer ${good}`, good],
  [`Bearer  ${good} `, good],
  [`Basic ${good}`, undefined],
  [good, undefined],
  [`Bearer ${good}a`, undefined],
  [`Bearer ${good.slice(1)}`, undefined],
  [`Bearer ${good} ${good}`, undefined],
  ['Bearer cbt_'.concat('!'.repeat(43)), undefined],
  ['', undefined],
  [undefined, undefined],
])('the header %j holds the token %j', (header, token) => {
  expect(readBearer(header)).toBe(token);
});

test('rights of an admin bound the scopes, and scopes that nobody knows are none', () => {
  expect(scopesOf({ mayManage: false, maySee: false })).toEqual([]);
  expect(scopesOf({ mayManage: false, maySee: true })).toEqual(['read']);
  expect(scopesOf({ mayManage: true, maySee: true })).toEqual(['read', 'propose', 'approve']);
  expect(readScopes('read fly approve')).toEqual(['read', 'approve']);
  expect(readScopes('')).toEqual([]);
});
