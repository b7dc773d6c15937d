/** The protocol number of this side. It grows when an older side would misread a message. */
export const PROTOCOL = 1;

/** The oldest protocol number that is accepted: the previous one, once there is one. */
export const PROTOCOL_OLDEST = 1;

/** What to do about the protocol number of a request from the shim. */
export type ProtocolVerdict = 'ok' | 'upgrade-service' | 'upgrade-shim';

/**
 * Decides whether a request's protocol number is accepted, and if not, which side is behind: the service
 * when the number is higher than its own, the shim when the number is too low.
 */
export function judgeProtocol(received: number): ProtocolVerdict {
  if (received > PROTOCOL) return 'upgrade-service';
  if (received < PROTOCOL_OLDEST) return 'upgrade-shim';
  return 'ok';
}
