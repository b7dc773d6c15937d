import {
  BATCH_MAX_ITEMS,
  BODY_MAX_BYTES,
  COMMAND_DEPTH_MAX,
  NESTING_MAX,
  STRING_MAX_CHARACTERS,
} from './limits.ts';

/** The answer to a call that is refused as a whole. */
export interface Refusal {
  readonly status: 400 | 401 | 413 | 503;
  /** Only replies to verified requests are signed. Others hold nothing but the code. */
  readonly signed: boolean;
  /** What happened and what to do. The admin's page shows it. */
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

/** Every reason to refuse a call as a whole, with its HTTP status. */
export const refusals = {
  'id-missing': stranger(401, 'The webhook-id header is missing or is not an id.'),
  'timestamp-missing': stranger(401, 'The webhook-timestamp header is missing or is not a number.'),
  'timestamp-too-old': stranger(401, 'The message is too old. Compare the clocks of both servers.'),
  'timestamp-too-new': stranger(401, 'The message is too new. Compare the clocks of both servers.'),
  'signature-missing': stranger(401, 'The webhook-signature header is missing.'),
  'signature-wrong': stranger(401, 'No signature matches. Compare the secrets of both sides.'),
  'body-too-large': stranger(413, `The body is larger than ${BODY_MAX_BYTES} bytes.`),
  'body-malformed': refused('The body is not a JSON object in UTF-8.'),
  'body-too-deep': refused(`The body is nested deeper than ${NESTING_MAX} levels.`),
  'string-too-long': refused(
    `The body has a string longer than ${STRING_MAX_CHARACTERS} characters.`,
  ),
  'envelope-invalid': refused('A member of the message is missing or wrong.'),
  'wrong-address': refused('The message was meant for another address.'),
  'wrong-installation': refused('The message comes from another installation.'),
  'upgrade-service': refused('The shim speaks a newer protocol. Upgrade the service.'),
  'upgrade-shim': refused('The shim speaks an older protocol. Upgrade the shim.'),
  'batch-too-large': refused(`The message has more than ${BATCH_MAX_ITEMS} items.`),
  'not-paired': refused('Shim and service have not yet seen each other through the database.'),
  'storage-unavailable': later('The database does not answer. Keep the message and send it again.'),
  'shutting-down': later('The service is stopping. Keep the message and send it again.'),
} as const satisfies Readonly<Record<string, Refusal>>;

/** Names why a call was refused as a whole. */
export type RefusalCode = keyof typeof refusals;

/** Every reason to refuse one item of a batch and take the others. */
export const itemRefusals = {
  'unknown-type': 'Credit Bridge does not know this hook, and no rule listens to it.',
  'payload-invalid': 'The item or its data does not match what its hook sends.',
  'id-reused': 'An item with this id and other content is already stored.',
  'too-deep-chain': `The item comes from a chain of more than ${COMMAND_DEPTH_MAX} commands.`,
} as const;

/** Names why one item was refused. */
export type ItemRefusalCode = keyof typeof itemRefusals;

/** Whether a text from a stored row or from the other side is a refusal code. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(refusals, text);
}
