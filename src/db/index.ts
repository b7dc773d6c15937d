/** How the service keeps and reads its data: connections, types, rights, and the stores that the middle asks for. */

export { createAdminStore } from './admin-store.ts';
export { commandsOfFacts } from './api/commands-of.ts';
export { createRequestStore } from './api/request-store.ts';
export { createTokenStore } from './api/token-store.ts';
export { claimTurn } from './claim-turn.ts';
export type { RightsDifference } from './compare-rights.ts';
export { connect, type Db } from './connect.ts';
export { CONNECTIONS_MAX } from './connection-options.ts';
export { countOverdueCommands } from './count-overdue-commands.ts';
export { countWaiting } from './count-waiting.ts';
export {
  type BridgeFacts,
  createDoctorStore,
  type DoctorStore,
  type ServerFacts,
  type TableFacts,
} from './doctor-store.ts';
export { expiredGrants, refundedGrants } from './due-grants.ts';
export { inTransaction, TRANSACTION_TRIES } from './in-transaction.ts';
export { createInbox } from './inbox.ts';
export { type AdoptionDependencies, createAdoptionStore } from './ledger/adopt-store.ts';
export { changeCurrency } from './ledger/change-currency.ts';
export { createLedgerExports } from './ledger/export.ts';
export { figuresMove } from './ledger/figures-move.ts';
export type { ExplainRows } from './ledger/log-rows.ts';
export { entriesOf } from './ledger/read-entries.ts';
export { type Following, readFollowing } from './ledger/read-following.ts';
export { createLedgerReader } from './ledger/reader.ts';
export { createReconcileStore } from './ledger/reconcile-store.ts';
export { type RecordOptions, recordEntries } from './ledger/record-entries.ts';
export { createLedgerStories } from './ledger/stories/index.ts';
export { createTailStore, type TailStoreDependencies } from './ledger/tail-store.ts';
export { lockClients } from './lock-clients.ts';
export { createManifestStore } from './manifest-store.ts';
export { type MigrationState, migrate, migrationStates } from './migrate.ts';
export { fromMoment, momentOfIso, toMoment } from './moment.ts';
export { createOperationsStore } from './operations/operations-store.ts';
export { createOperationsReader } from './operations/reader.ts';
export { connectInPackets, type Packets } from './packets.ts';
export { createPairingStore, SHIM_VERSION } from './pairing-store.ts';
export { probeStorage } from './probe-storage.ts';
export { readBacklog } from './read-backlog.ts';
export { doubtAbout, readToday } from './read-today.ts';
export { createReconcileReads } from './reconcile-reads.ts';
export { prune, type Retention, USUAL_RETENTION } from './retention.ts';
export { type Grantee, grantStatements } from './rights.ts';
export { loadSettings } from './rule-settings.ts';
export { createRunStore } from './run-store.ts';
export { createSetAsideStore } from './set-aside-store.ts';
export {
  SPENDABLE_COLUMNS,
  SPENDABLE_JOINS,
  type SpendableRow,
  spendableOf,
} from './spendable.ts';
export { createStrangerStore, STRANGERS_PREFIX } from './stranger-store.ts';
export type { Database, OwnTables, SharedTables, WhmcsTables } from './tables.ts';
export { writeDecisions } from './write-decisions.ts';
