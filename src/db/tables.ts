import type { OwnTables } from './own-tables.ts';
import type { SharedTables } from './shared-tables.ts';
import type { WhmcsTables } from './whmcs-tables.ts';

/** Every table the service touches. */
export interface Database extends WhmcsTables, SharedTables, OwnTables {}
