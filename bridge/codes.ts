/** How a call refused as a whole is answered. */
export interface Refusal {
  readonly status: 400 | 401 | 413 | 503;
  /** Only a reply to a verified request is signed; a stranger gets the bare code. */
  readonly signed: boolean;
  /** What happened and what helps, for the admin's page. */
  readonly meaning: string;
}

function stranger(status: 401 | 413, meaning: string): Refusal {
  return { status, signed: false, meaning };
}

function refused(meaning: string): Refusal {
  return { status: 400, signed: true, meaning };
}

function later(meaning: string): Refusal {
  return { status: 503, signed: true, meaning };
}

/** Every reason for which a call is refused as a whole, with the HTTP status that goes with it. */
export const refusals = {
  'id-missing': stranger(401, 'The webhook-id header is missing or is no id.'),
  'timestamp-missing': stranger(401, 'The webhook-timestamp header is missing or is no number.'),
  'timestamp-too-old': stranger(401, 'The message is too old. Compare the clocks of both servers.'),
  'timestamp-too-new': stranger(401, 'The message is too new. Compare the clocks of both servers.'),
  'signature-missing': stranger(401, 'The webhook-signature header is missing.'),
  'signature-wrong': stranger(401, 'No signature fits. Compare the secrets of both sides.'),
  'body-too-large': stranger(413, 'The body is larger than any honest message.'),
  'body-malformed': refused('The body is not a JSON object in UTF-8.'),
  'body-too-deep': refused('The body is nested deeper than any honest message.'),
  'string-too-long': refused('The body holds a string longer than any honest message has.'),
  'envelope-invalid': refused('The message lacks a member or has a wrong one.'),
  'wrong-address': refused('The message was meant for another address.'),
  'wrong-installation': refused('The message comes from another installation.'),
  'upgrade-service': refused('The shim speaks a newer protocol. Upgrade the service.'),
  'upgrade-shim': refused('The shim speaks an older protocol. Upgrade the shim.'),
  'batch-too-large': refused('The message holds more items than one call may.'),
  'not-paired': refused('Shim and service have not yet seen each other through the database.'),
  'storage-unavailable': later('The database does not answer. Keep the message and send it again.'),
  'shutting-down': later('The service is stopping. Keep the message and send it again.'),
} as const satisfies Readonly<Record<string, Refusal>>;

/** Names why a call was refused as a whole. */
export type RefusalCode = keyof typeof refusals;

/** Every reason for which one item is refused while the others of its batch go on. */
export const itemRefusals = {
  'unknown-type': 'No hook of this name is known or named by a rule.',
  'payload-invalid': 'The item or its data does not have the form agreed for its hook.',
  'id-reused': 'An item with this id and another content was stored before.',
  'too-deep-chain': 'The item comes out of a chain of commands longer than allowed.',
} as const;

/** Names why one item was refused. */
export type ItemRefusalCode = keyof typeof itemRefusals;

/** Whether a text, from a stored row or from the other side, is a refusal code. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(refusals, text);
}
