import { homeOf } from '../effect.ts';
import type { RuleFault, Said } from '../engine/index.ts';
import type { Allowance } from './limit-book.ts';
import type { TraceWord } from './trace.ts';

/** Lists for the trace what all rules said to one question, and which failed. */
export function traceWords(said: readonly Said[], faults: readonly RuleFault[]): TraceWord[] {
  const words: TraceWord[] = [];
  for (const one of said) {
    for (const word of one.words) {
      words.push({
        rule: one.rule,
        mode: one.mode,
        said: word.say,
        effect: word.say === 'propose' ? word.effect.kind : null,
        amountHundredths: word.say === 'propose' ? homeOf(word.effect).asked(word.effect) : null,
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

/** Lists the limits on one proposal. */
export function limitWords(kind: string, allowances: readonly Allowance[]): TraceWord[] {
  return allowances.map(({ rule, mode, limit }) => ({
    rule,
    mode,
    said: 'limit',
    effect: kind,
    amountHundredths: limit.atMostHundredths,
    because: limit.because,
  }));
}
