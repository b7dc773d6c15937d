export {
  createPairing,
  type PairingDependencies,
  type PairingRow,
  type PairingStore,
} from './create-pairing.ts';
