import { expect, test } from 'vitest';
import { html, nothing } from '../../../src/pages/html/html.ts';

test('text and attributes are escaped', () => {
  const name = `<script>alert("1")</script> & 'x'`;
  expect(String(html`<a title="${name}">${name}</a>`)).toBe(
    '<a title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;">' +
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;</a>',
  );
});

test('HTML made by the template goes in as it is, also in lists', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
  expect(String(html`<ul>${items}</ul>`)).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
});

test('an object that only looks like HTML is escaped as text', () => {
  const sly = { toString: () => '<b>sly</b>' };
  expect(String(html`${sly as unknown as string}`)).toBe('&lt;b&gt;sly&lt;/b&gt;');
});

test('null, undefined and false are nothing; zero is a number', () => {
  expect(String(html`[${null}${undefined}${false}${nothing}${0}${0n}]`)).toBe('[00]');
});
