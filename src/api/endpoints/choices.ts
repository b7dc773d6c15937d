import { z } from 'zod';
import { offersTo } from '../../operations/index.ts';
import { readPreferences } from '../../settings/index.ts';
import { adminOf } from '../api-call.ts';
import type { Refuse } from '../api-error.ts';
import type { Told } from '../cli-form.ts';
import type { ApiContext } from '../context.ts';
import { defineApiEndpoint } from '../define-api-endpoint.ts';
import { findBalances } from '../find-balances.ts';
import { clientParams, none } from '../read-parameters.ts';
import { choices, rowId } from '../schemas.ts';

type Choices = z.output<typeof choices>;

const getChoices = defineApiEndpoint({
  name: 'getChoices',
  method: 'get',
  path: '/clients/{clientId}/choices',
  scope: 'read',
  summary: 'What a client chose about the use of credit; it counts while a rule obeys it.',
  params: clientParams,
  query: none,
  response: choices,
  cli: [{ name: 'choices show', places: ['clientId'], example: '42', tell }],
  refuses: ['client-unknown'],
  answer: ({ params: { clientId } }, context, refuse) => choicesOf(context, clientId, refuse),
});

const choose = defineApiEndpoint({
  name: 'choose',
  method: 'post',
  path: '/clients/{clientId}/choices',
  scope: 'propose',
  summary: 'Chooses for a client, as the client can on the page Credit.',
  params: clientParams,
  query: none,
  body: z
    .strictObject({
      choice: z
        .enum(['usual', 'keep', 'first'])
        .describe('As rules say, no use of credit by itself, or before other services.'),
      serviceId: rowId.optional().describe('Only for this service; for all invoices when absent.'),
      reason: z.string().trim().max(500).default('').describe('Why; it stays in the audit.'),
    })
    .refine(({ choice, serviceId }) => choice !== 'first' || serviceId !== undefined, {
      path: ['serviceId'],
      error: 'Only a service can come first: name it.',
    }),
  response: choices,
  cli: [
    {
      name: 'choices set',
      about: 'Choose for a client, as the client can on the page Credit.',
      places: ['clientId', 'choice'],
      example: '42 keep --service 12 --reason "By phone"',
      tell,
    },
  ],
  refuses: ['client-unknown', 'service-not-theirs', 'too-many-choices', 'nothing-obeys'],
  answer: async ({ params: { clientId }, body, caller }, context, refuse) => {
    await choicesOf(context, clientId, refuse);
    const { operations, now } = context;
    const { choice, serviceId = null, reason } = body;
    const asked = { actor: adminOf({ caller }), reason, at: now() };
    const done = await operations.choose({ clientId, serviceId, choice }, asked);
    if (done.outcome === 'refused') throw refuse(done.code, done.message);
    return choicesOf(context, clientId, refuse);
  },
});

/** A choice stays when the rule that obeyed it is turned off. */
const IDLE =
  'No rule that is on obeys all of this at present: credit is used as the other rules say. See Rules on the addon page.';

export const clientChoices = [getChoices, choose] as const;

/** @throws {ApiError} `client-unknown` */
async function choicesOf(
  { db, rules, validateSettings }: ApiContext,
  clientId: number,
  refuse: Refuse<'client-unknown'>,
): Promise<Choices> {
  const [[client], known, obeyed] = await Promise.all([
    findBalances(db, [clientId]),
    readPreferences(db, [clientId]),
    offersTo(db, { rules, validateSettings }, clientId),
  ]);
  if (client === undefined) {
    throw refuse('client-unknown', `There is no client #${clientId}.`);
  }
  const { usesCredit = true, services = [] } = known.get(clientId) ?? {};
  return { clientId, usesCredit, services: [...services], obeyed: [...obeyed] };
}

function tell({ clientId, usesCredit, services, obeyed }: Choices): Told {
  const isIdle =
    (!usesCredit && !obeyed.includes('use')) ||
    (services.length > 0 && !obeyed.includes('services'));
  const all = usesCredit
    ? `Credit of client #${clientId} is used as the rules say.`
    : `No credit of client #${clientId} is used by itself.`;
  const each = services.map(({ serviceId, choice }) =>
    choice === 'first'
      ? `Service #${serviceId} comes first.`
      : `No credit is used by itself for service #${serviceId}.`,
  );
  return [all, ...each, ...(isIdle ? [IDLE] : [])];
}
