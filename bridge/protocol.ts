/** The protocol number this side speaks; it grows when an older side would misread a message. */
export const PROTOCOL = 1;

/** The oldest protocol number still understood: the previous one, once there is one. */
export const PROTOCOL_OLDEST = 1;

/** What to do about the protocol number of a request from the shim. */
export type ProtocolVerdict = 'ok' | 'upgrade-service' | 'upgrade-shim';

/**
 * Decides whether a request's protocol number is understood.
 *
 * The side that is behind is the one to upgrade: a higher number than ours names the service, a number
 * below the accepted range names the shim.
 */
export function judgeProtocol(received: number): ProtocolVerdict {
  if (received > PROTOCOL) return 'upgrade-service';
  if (received < PROTOCOL_OLDEST) return 'upgrade-shim';
  return 'ok';
}
