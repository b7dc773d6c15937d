/** What is kept about a client beside figures: found by absence when the client is gone, shown, and erased. */
export { type Erased, eraseClients } from './erase-clients.ts';
export { eraseGoneClients } from './erase-gone-clients.ts';
export { isInWhmcs } from './is-in-whmcs.ts';
export { type StoredRow, showClient } from './show-client.ts';
