import { homeOf } from '../effect.ts';
import type { RuleFault, Said } from '../engine/index.ts';
import type { Word } from '../words.ts';
import type { TraceWord } from './trace.ts';

/** What all rules said to one question, and which failed, for the trace. */
export function traceWords(said: readonly Said[], faults: readonly RuleFault[]): TraceWord[] {
  const words: TraceWord[] = [];
  for (const one of said) {
    for (const word of one.words) {
      words.push({
        rule: one.rule,
        mode: one.mode,
        said: word.say,
        effect: effectOf(word),
        amountHundredths: amountOf(word),
        because: word.because,
      });
    }
  }
  for (const fault of faults) {
    words.push({
      rule: fault.rule,
      mode: fault.mode,
      said: 'fault',
      effect: null,
      amountHundredths: null,
      because:
        fault.returned === undefined
          ? fault.message
          : `${fault.message} It returned ${fault.returned}.`,
    });
  }
  return words;
}

function effectOf(word: Word): string | null {
  if (word.say === 'propose') return word.effect.kind;
  return word.say === 'limit' ? word.effect : null;
}

function amountOf(word: Word): bigint | null {
  if (word.say === 'limit') return word.atMostHundredths;
  if (word.say !== 'propose') return null;
  return homeOf(word.effect).asked(word.effect);
}
