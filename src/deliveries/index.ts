/** The inbox: deliveries become decisions and commands, each once. */
export {
  createReceiver,
  type Receiver,
  type ReceiverDependencies,
  type RefusedCall,
} from './create-receiver.ts';
export type { When } from './decide.ts';
export { activeRules, isHeard, neededFor } from './listening.ts';
export { createManifests, type ManifestDependencies, type Manifests } from './manifests.ts';
export type * from './ports.ts';
export { putBeforeRules } from './put-before-rules.ts';
export { createSettingsCache, type SettingsCache } from './settings-cache.ts';
export { createTell, type Found, type Tell } from './tell.ts';
