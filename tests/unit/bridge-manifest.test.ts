import { describe, expect, it } from 'vitest';
import { MANIFEST_MAX_HOOKS, manifest } from '../../bridge/index.ts';

function hooks(count: number): object {
  const entries = Array.from({ length: count }, (_, at) => [`Hook${at}`, { answer: 'deferred' }]);
  return Object.fromEntries(entries);
}

describe('a manifest', () => {
  it.each([
    ['no hook', {}],
    ['a known hook', { InvoiceCreated: { answer: 'inline' } }],
    ['a hook of a provider', { TicketOpen: { answer: 'deferred', fields: ['deptname'] } }],
    ['as many hooks as allowed', hooks(MANIFEST_MAX_HOOKS)],
  ])('may name %s', (_case, named) => {
    const value = { number: 7, hooks: named };
    expect(manifest.parse(value)).toEqual(value);
  });

  it.each([
    ['a hook that is never forwarded', { ClientLogin: { answer: 'deferred' } }],
    ['a field that never leaves', { TicketOpen: { answer: 'deferred', fields: ['PassWord'] } }],
    ['a field that is no name', { TicketOpen: { answer: 'deferred', fields: ['a.b'] } }],
    ['an answer nobody knows', { TicketOpen: { answer: 'never' } }],
    ['a hook without an answer', { TicketOpen: {} }],
    ['a hook with a blank in its name', { 'Ticket Open': { answer: 'deferred' } }],
    ['a hook too many', hooks(MANIFEST_MAX_HOOKS + 1)],
  ])('may not name %s', (_case, named) => {
    expect(manifest.safeParse({ number: 7, hooks: named }).success).toBe(false);
  });
});
