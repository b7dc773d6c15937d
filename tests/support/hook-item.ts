import { v7 as newId } from 'uuid';

/** An item as the shim would send it; members given replace its own. */
export function hookItem(
  type: string,
  data: Readonly<Record<string, unknown>>,
  members: Readonly<Record<string, unknown>> = {},
) {
  return {
    id: newId(),
    type,
    timestamp: new Date().toISOString(),
    answer: 'deferred',
    shim: '0.1.0',
    whmcs: { version: '8.13.1', date: '2026-11-22', zone: 'Europe/Berlin' },
    data,
    ...members,
  };
}
