/** The inbox: deliveries become decisions and commands, each once. */
export { createReceiver, type Receiver, type ReceiverDependencies } from './create-receiver.ts';
export { createManifests } from './manifests.ts';
export { type ReadableItem, readItem } from './read-item.ts';
