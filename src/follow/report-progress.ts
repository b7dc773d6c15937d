import type { AdoptionProgress } from './adopt-begin.ts';

/** Tells an adoption's progress in a sentence. The speed is measured from the first call. */
export function createProgressText(now: () => number): (progress: AdoptionProgress) => string {
  let began: { readonly at: number; readonly rows: number } | undefined;
  return (progress) => {
    const { phase, rows, ofRows, accounts } = progress;
    began ??= { at: now(), rows };
    switch (phase) {
      case 'importing': {
        const seconds = (now() - began.at) / 1000;
        const perSecond = seconds > 0 ? (rows - began.rows) / seconds : 0;
        const left = perSecond > 0 ? `, about ${duration((ofRows - rows) / perSecond)} left` : '';
        return `${percent(rows, ofRows)} of the credit log: ${count(rows)} of about ${count(ofRows)} rows, ${count(Math.round(perSecond))} rows/s${left}`;
      }
      case 'opening':
        return `the credit log is read (${count(rows)} rows); accounts opened: ${count(accounts)}`;
      case 'done':
        return `done: ${count(rows)} rows, ${count(accounts)} accounts`;
    }
  };
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '100 %' : `${Math.floor((part / whole) * 100)} %`;
}

function count(figure: number): string {
  return figure.toLocaleString('en');
}

function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  return whole < 5400 ? `${Math.round(whole / 60)} min` : `${(whole / 3600).toFixed(1)} h`;
}
