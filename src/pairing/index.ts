export { createHost, isAtKnownPlace, passingHost } from './create-host.ts';
export { createPairing, type Pairing } from './create-pairing.ts';
export { type HostRow, readHosts } from './hosts.ts';
export { readPairingRow, SHIM_VERSION } from './pairing-row.ts';
export { whyNotPaired } from './why-not-paired.ts';
