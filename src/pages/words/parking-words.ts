import type { ParkingState } from '../../parking/index.ts';
import type { Level } from '../html/parts.ts';

/** How credit that waits is called on pages. */
export const parkingWords: Readonly<
  Record<ParkingState, { readonly level: Level; readonly text: string }>
> = {
  reserved: { level: 'warn', text: 'Reserved' },
  parked: { level: 'warn', text: 'Parked' },
  'giving-back': { level: 'idle', text: 'Being given back' },
  'given-back': { level: 'good', text: 'Given back' },
  kept: { level: 'idle', text: 'Kept' },
  released: { level: 'good', text: 'Given back' },
  'without-credit': { level: 'idle', text: 'Made no credit' },
  spent: { level: 'bad', text: 'Used before it could be parked' },
};
