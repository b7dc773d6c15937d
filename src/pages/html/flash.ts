import { type Html, html } from './html.ts';

/** A sentence above the page that says what just happened, or what is wrong. */
export interface Flash {
  readonly level: 'good' | 'warn' | 'bad';
  readonly text: string;
}

export const good = (text: string): Flash => ({ level: 'good', text });
export const warn = (text: string): Flash => ({ level: 'warn', text });
export const bad = (text: string): Flash => ({ level: 'bad', text });

export function flashBox({ level, text }: Flash): Html {
  return html`<div class="cb-flash cb-${level}" role="${level === 'bad' ? 'alert' : 'status'}">${text}</div>`;
}
