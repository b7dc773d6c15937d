/**
 * Small helps on the addon page. Everything works without this file: lists have an empty row at the end, the service
 * recognises a second click, and every form works as it is.
 */
const inPage = (target, selector) =>
  target.closest('.creditbridge')?.contains(target) && target.closest(selector);

/** WHMCS gives every page of the addon the same title; the heading makes it distinct in tabs and history. */
const heading = document.querySelector('.creditbridge .cb-head h2');
if (heading) {
  document.title = `${heading.textContent} - ${document.title}`;
}

/** Sends a form once; its buttons show that it is in progress. */
document.addEventListener('submit', (event) => {
  const form = inPage(event.target, 'form');
  // The button that Enter presses sends nothing.
  if (!form || event.submitter?.formMethod === 'dialog') {
    return;
  }
  const question = form.dataset.cbConfirm;
  const isUnderWay = form.getAttribute('aria-busy') === 'true';
  if (isUnderWay || (question !== undefined && !window.confirm(question))) {
    event.preventDefault();
  } else if (form.method === 'post') {
    form.setAttribute('aria-busy', 'true');
  }
});

/** Makes the forms usable again after a return through the browser's history. */
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('.creditbridge form[aria-busy]')) {
    form.removeAttribute('aria-busy');
  }
});

/** Opens the page again while it shows work that goes on; never over a form that is being sent. */
const waiting = document.querySelector('.creditbridge [data-cb-refresh-seconds]');
if (waiting) {
  window.setInterval(() => {
    if (!document.querySelector('.creditbridge form[aria-busy="true"]')) {
      window.location.reload();
    }
  }, waiting.dataset.cbRefreshSeconds * 1000);
}

document.addEventListener('input', (event) => {
  followRow(event.target);
  markOverride(event.target);
});

/** Adds another empty row to a list when its empty row is used. */
function followRow(input) {
  const row = inPage(input, '[data-cb-new-row]');
  if (!row || input.value === '') {
    return;
  }
  const next = row.cloneNode(true);
  delete row.dataset.cbNewRow;
  renumber(next, row.parentNode.dataset.cbRows);
  for (const text of next.querySelectorAll('input[type="text"], textarea')) {
    text.value = '';
  }
  for (const fault of next.querySelectorAll('.cb-fault')) {
    fault.remove();
  }
  row.after(next);
}

/** Gives the next number to the inputs of a row and to everything that refers to them. */
function renumber(row, list) {
  for (const element of row.querySelectorAll('*')) {
    for (const attribute of ['name', 'id', 'for', 'aria-describedby']) {
      const value = element.getAttribute(attribute);
      if (value?.startsWith(`${list}/`)) {
        const [number, ...rest] = value.slice(list.length + 1).split('/');
        element.setAttribute(attribute, [list, Number(number) + 1, ...rest].join('/'));
      }
    }
  }
}

/** Typing into a setting of a group or client gives it its own value. */
function markOverride(input) {
  const box = inPage(input, '[data-cb-override]')?.querySelector('.cb-check input');
  if (box && box !== input) {
    box.checked = true;
  }
}
