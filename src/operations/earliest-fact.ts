import { operationFact } from './plan.ts';

/** A command may wait as long as its client is frozen; operations of more than a year ago are taken for dealt with. */
const DAYS_BACK = 400;

/** The smallest fact that an operation of lately can have: a UUIDv7 begins with its time. */
export function earliestFact(at: Date): string {
  const hex = (at.getTime() - DAYS_BACK * 86_400_000).toString(16).padStart(12, '0');
  return operationFact(`${hex.slice(0, 8)}-${hex.slice(8)}`);
}

/** Above the facts of all operations. */
export const FACTS_END = 'operation;';
