import { expect, test } from 'vitest';
import { hashToken, readBearer, readScopes, scopesOf } from '../../../src/api/index.ts';

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

test('the hash of a token is the same each time', () => {
  expect(hashToken(good)).toEqual(hashToken(good));
  expect(hashToken(good)).toHaveLength(32);
});

test('rights of an admin bound the scopes, and scopes that nobody knows are none', () => {
  expect(scopesOf({ mayManage: false, maySee: false })).toEqual([]);
  expect(scopesOf({ mayManage: false, maySee: true })).toEqual(['read']);
  expect(scopesOf({ mayManage: true, maySee: true })).toEqual(['read', 'propose', 'approve']);
  expect(readScopes('read fly approve')).toEqual(['read', 'approve']);
  expect(readScopes('')).toEqual([]);
});
