import type { Page } from 'playwright-core';

export interface PressedForms {
  /** `act: field` of each field in which Enter sent its form. */
  readonly sentByEnter: readonly string[];
  /** Acts whose form has not exactly one button to press, beside those that name an act of their own. */
  readonly withOtherButtons: readonly string[];
  /** Acts whose button sent their form. */
  readonly sentByButton: readonly string[];
}

const FORM = '.creditbridge form[method="post"]';
const FIELD = 'input:enabled:not([type="hidden"]), select:enabled';
const BUTTON = 'button:not([type="button"]):not([hidden])';

/** What is sent stays in the browser, whatever is still missing in the form. */
const KEEP_WHAT_IS_SENT = `
  window.sent = [];
  for (const form of document.querySelectorAll('${FORM}')) {
    form.noValidate = true;
    form.addEventListener('submit', (event) => {
      event.stopPropagation();
      if (event.submitter.formMethod !== 'dialog') {
        event.preventDefault();
        const { name, value } = event.submitter;
        window.sent.push(name === 'act' ? value : form.querySelector('input[name="act"]').value);
      }
    });
  }`;

/** Presses Enter in every field of every form of the page, then each form's own button. */
export async function pressEnter(page: Page): Promise<PressedForms> {
  await page.evaluate(KEEP_WHAT_IS_SENT);
  const before = page.url();
  const taken = () => page.evaluate<string[]>('window.sent.splice(0)');
  const sentByEnter: string[] = [];
  const sentByButton: string[] = [];
  const withOtherButtons: string[] = [];
  for (const form of await page.locator(FORM).all()) {
    const act = await form.locator('input[name="act"]').inputValue();
    for (const field of await form.locator(FIELD).all()) {
      await field.press('Enter');
      const name = await field.getAttribute('name');
      for (const sent of await taken()) sentByEnter.push(`${sent}: ${name}`);
    }
    const own = await form.locator(`${BUTTON}:not([name="act"])`).count();
    if (own !== 1) withOtherButtons.push(act);
    for (const button of await form.locator(BUTTON).all()) await button.press('Enter');
    sentByButton.push(...(await taken()));
  }
  // Had a form been sent past us, another page would stand there, without what was kept.
  if (page.url() !== before) sentByEnter.push(page.url());
  return { sentByEnter, withOtherButtons, sentByButton };
}
