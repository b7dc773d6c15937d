import { type DisplayCurrency, displayAmount } from '../../money/index.ts';
import { withoutMarker } from '../explain/named-in.ts';
import type { Evidence } from '../kinds.ts';
import type { ClientGrant } from '../reads.ts';
import { grantWords } from './grant-words.ts';
import { coversFirst, onDay, plainDay } from './plain.ts';
import type { GrantUse, ToldEntry } from './stories.ts';
import type { TitleOf } from './tell-grant.ts';
import { whatHappened } from './tell-kind.ts';
import { tellNotedLimits } from './tell-noted-limits.ts';

const HOW: Readonly<Record<Evidence, string>> = {
  command: 'Credit Bridge did it',
  delivery: 'WHMCS told of it when it happened',
  payment: 'the payments in WHMCS show it',
  invoice: 'the invoices in WHMCS show it',
  upgrade: 'the change of the service in WHMCS shows it',
  affiliate: 'the withdrawals of commissions in WHMCS show it',
  admin: 'WHMCS notes who did it',
  text: 'only the text that WHMCS wrote says so',
  none: 'nothing in WHMCS says what it was',
};

/** What an entry was, which grants it used or opened, and how that is known: one sentence each. */
export function tellEntry(story: ToldEntry, titleOf: TitleOf): readonly string[] {
  const { entry, correctedBy, noted } = story;
  return [
    sentence(story),
    ...tellGrantsOf(story),
    ...(entry.corrects === null
      ? []
      : [
          `It takes back entry ${entry.corrects}${entry.reason === '' ? '' : `: ${withStop(entry.reason)}`}`,
        ].map(withStop)),
    ...(correctedBy === null
      ? []
      : [`It does not count any more: entry ${correctedBy} takes it back.`]),
    `How this is known: ${how(entry)}${entry.adminId === null ? '' : ` (admin ${entry.adminId})`}.${because(entry.corrects === null ? entry.reason : '')}`,
    source(story),
    ...tellNotedLimits(noted, titleOf),
  ];
}

/** WHMCS's row names an admin and no reason; with a reason, the admin said it here. */
function how({ evidence, reason, corrects }: ToldEntry['entry']): string {
  const isSaid = evidence === 'admin' && (reason !== '' || corrects !== null);
  return isSaid ? 'an admin said so' : HOW[evidence];
}

/** `On 22 November 2026, $12.50 USD was put on invoice #812 (entry 44).` */
export function sentence({ entry, currency }: ToldEntry): string {
  const amount = displayAmount(entry.amountHundredths, currency);
  return `${capital(onDay(entry.loggedOn))}, ${amount} ${whatHappened(entry)} (entry ${entry.sequence}).`;
}

/** Which grants an entry used, opened or filled again, and what it took without any. */
export function tellGrantsOf(story: ToldEntry): readonly string[] {
  const { currency, used, gaveBack, opened, unfundedHundredths, promotionalFundsUnfunded } = story;
  return [
    ...(used.length === 0 ? [] : [`It was taken from ${list(used, currency)}.`]),
    ...(gaveBack.length === 0 ? [] : [`It went back to ${list(gaveBack, currency)}.`]),
    ...(opened === undefined ? [] : [tellOpened(opened, story)]),
    ...(unfundedHundredths === 0n
      ? []
      : [
          `${displayAmount(unfundedHundredths, currency)} of it was more than there was: credit that comes later ${coversFirst(promotionalFundsUnfunded)}`,
        ]),
  ];
}

function tellOpened(grant: ClientGrant, { entry, currency }: ToldEntry): string {
  const all = grant.amountHundredths === entry.amountHundredths;
  const amount = all ? 'It' : displayAmount(grant.amountHundredths, currency);
  const ends = grant.expiresOn === null ? '' : `, until ${plainDay(grant.expiresOn)}`;
  const { remainingHundredths: remaining } = grant;
  const left = remaining === 0n ? 'nothing' : displayAmount(remaining, currency);
  return `${amount} became ${grantWords[grant.kind].inSentence} (grant ${grant.id})${ends}; ${left} of that remains.`;
}

/** `$10.00 USD of promotional credit (grant 14) and $2.50 USD of paid credit (grant 9)`. */
function list(uses: readonly GrantUse[], currency: DisplayCurrency): string {
  const parts = uses.map(({ grant, amountHundredths }) => {
    const given = grant.openedOn === null ? '' : ` of ${plainDay(grant.openedOn)}`;
    return `${displayAmount(amountHundredths, currency)} of ${grantWords[grant.kind].inSentence}${given} (grant ${grant.id})`;
  });
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

function because(reason: string): string {
  return reason === '' ? '' : ` ${withStop(reason)}`;
}

function source({ entry }: ToldEntry): string {
  const row = entry.logId === null ? 'no row' : `row ${entry.logId}`;
  const written = withoutMarker(entry.description);
  const text = written === '' ? '' : `, "${written}"`;
  const command = entry.commandId === null ? '' : `; command ${entry.commandId}`;
  return `It mirrors ${row} of WHMCS's credit log${text}${command}.`;
}

function withStop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
