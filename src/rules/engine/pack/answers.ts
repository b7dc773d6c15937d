import type { Effect, Limit, Word } from '../../words.ts';
import type { FaultKind } from '../engine.ts';
import type { Packed } from './packed.ts';
import { createReader, type Reader } from './reader.ts';
import { createWriter, type Writer } from './writer.ts';

/** What one rule said to one question, before it is known under which name the question was asked. */
export interface RawSaid {
  readonly question: number;
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly settingsVersion: number;
  readonly words: readonly Word[];
}

export interface RawFault {
  readonly question: number;
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly kind: FaultKind;
  readonly message: string;
  readonly returned: string | null;
}

export interface RawAnswers {
  readonly said: readonly RawSaid[];
  readonly faults: readonly RawFault[];
}

const MODES = ['observe', 'on'] as const;
const SAY = ['propose', 'limit', 'skip', 'answer'] as const;
const EFFECTS = ['apply', 'grant', 'remove', 'cancel', 'mail', 'notify'] as const;

export function packAnswers(answers: RawAnswers): Packed {
  const writer = createWriter();
  writer.number(answers.said.length);
  for (const said of answers.said) {
    writer.number(said.question);
    writer.text(said.rule);
    writer.number(MODES.indexOf(said.mode));
    writer.number(said.settingsVersion);
    writer.number(said.words.length);
    for (const word of said.words) writeWord(writer, word);
  }
  writer.value(answers.faults);
  return writer.finish();
}

export function unpackAnswers(packed: Packed): RawAnswers {
  const reader = createReader(packed);
  const word = () => readWord(reader);
  const said = Array.from({ length: reader.number() }, () => ({
    question: reader.number(),
    rule: reader.text(),
    mode: at(MODES, reader.number()),
    settingsVersion: reader.number(),
    words: Array.from({ length: reader.number() }, word),
  }));
  return { said, faults: reader.value() as readonly RawFault[] };
}

function writeWord(writer: Writer, word: Word): void {
  writer.number(SAY.indexOf(word.say));
  writer.text(word.because);
  switch (word.say) {
    case 'propose':
      writer.ownText(word.fact);
      writeEffect(writer, word.effect);
      return;
    case 'limit':
      writer.number(EFFECTS.indexOf(word.effect));
      writer.maybeNumber(word.invoiceId);
      writer.maybeText(word.proposedBy);
      writer.amount(word.atMostHundredths);
      writer.maybeText(word.budget);
      return;
    case 'skip':
      return;
    case 'answer':
      writer.value(word);
      return;
  }
}

function readWord(reader: Reader): Word {
  const say = at(SAY, reader.number());
  const because = reader.text();
  switch (say) {
    case 'propose':
      return { say, fact: reader.text(), effect: readEffect(reader), because };
    case 'limit':
      return {
        say,
        effect: at(EFFECTS, reader.number()) as Limit['effect'],
        invoiceId: reader.maybeNumber(),
        proposedBy: reader.maybeText(),
        atMostHundredths: reader.amount(),
        budget: reader.maybeText(),
        because,
      };
    case 'skip':
      return { say, because };
    case 'answer':
      return reader.value() as Word;
  }
}

function writeEffect(writer: Writer, effect: Effect): void {
  writer.number(EFFECTS.indexOf(effect.kind));
  if (effect.kind !== 'apply') {
    writer.value(effect);
    return;
  }
  // The one that a daily run brings by the hundred thousand.
  writer.number(effect.invoiceId);
  writer.flag(effect.atMostHundredths !== null);
  if (effect.atMostHundredths !== null) writer.amount(effect.atMostHundredths);
  writer.flag(effect.wholeOnly);
  writer.amount(effect.reserveHundredths);
  writer.amount(effect.smallestRestHundredths);
  writer.flag(effect.noEmail);
}

function readEffect(reader: Reader): Effect {
  const kind = at(EFFECTS, reader.number());
  if (kind !== 'apply') return reader.value() as Effect;
  return {
    kind,
    invoiceId: reader.number(),
    atMostHundredths: reader.flag() ? reader.amount() : null,
    wholeOnly: reader.flag(),
    reserveHundredths: reader.amount(),
    smallestRestHundredths: reader.amount(),
    noEmail: reader.flag(),
  };
}

function at<T>(names: readonly T[], index: number): T {
  const name = names[index];
  if (name === undefined) throw new RangeError(`There is no name ${index}.`);
  return name;
}
