export {
  createPairing,
  type Installation,
  type Pairing,
  type PairingDependencies,
  type PairingRow,
  type PairingStore,
} from './create-pairing.ts';
