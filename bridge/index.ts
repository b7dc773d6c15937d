/** What the service and its tests may use of the bridge. */
export * from './amount.ts';
export {
  AUDIT_BEGINNING,
  AUDIT_SALT_BYTES,
  type AuditRow,
  auditDigest,
  auditLink,
} from './audit-chain.ts';
export * from './codes.ts';
export * from './command.ts';
export type { Hook } from './define-hook.ts';
export {
  type Address,
  type EnvelopeRefusal,
  type Opened,
  openEnvelope,
  type RequestKind,
} from './envelope.ts';
export * from './fingerprint.ts';
export { type HookData, type HookName, hookOf, hooks, isHookName } from './hooks.ts';
export * from './item.ts';
export * from './limits.ts';
export { isPlainMail } from './mail-text.ts';
export { type Manifest, type ManifestEntry, manifest } from './manifest.ts';
export * from './page.ts';
export { type BodyRefusal, type ParsedBody, parseBody } from './parse-body.ts';
export { judgeProtocol, PROTOCOL, PROTOCOL_OLDEST, type ProtocolVerdict } from './protocol.ts';
export * from './reply.ts';
export * from './requests.ts';
export {
  allOf,
  type CommandCondition,
  commandConditions,
  installationIsReady,
} from './runnable.ts';
export { generateSecret, parseSecret, SecretError } from './secret.ts';
export * from './settings-row.ts';
export {
  type Body,
  replyId,
  type SignatureRefusal,
  type SignedMessage,
  sign,
  type Verification,
  verify,
} from './signature.ts';
export { storableText, toMailHtml } from './storable-text.ts';
export { hiddenTables, loadSharedTables, type SharedTable, sharedTables } from './tables.ts';
export * from './unknown-hook.ts';
export { type AnswerMode, answerMode } from './words.ts';
