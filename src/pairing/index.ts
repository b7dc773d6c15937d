export { createPairing, type Pairing } from './create-pairing.ts';
export { createPairingStore, SHIM_VERSION } from './pairing-store.ts';
