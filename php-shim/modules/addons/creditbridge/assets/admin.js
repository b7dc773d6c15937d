/**
 * Comforts of the addon page. Everything works without this file: lists have an empty row to add one, a second click is
 * recognised by the service, and every form can be sent as it is.
 */
(function () {
  'use strict';

  /** A form is sent once; the button shows that it is under way. */
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (!form.closest('.creditbridge')) {
      return;
    }
    var question = form.getAttribute('data-cb-confirm');
    if (form.getAttribute('aria-busy') === 'true' || (question !== null && !window.confirm(question))) {
      event.preventDefault();
      return;
    }
    if (form.method === 'post') {
      form.setAttribute('aria-busy', 'true');
    }
  });

  /** Coming back by the browser's history finds the forms usable again. */
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('.creditbridge form[aria-busy]').forEach(function (form) {
      form.removeAttribute('aria-busy');
    });
  });

  /** When the empty row of a list is begun, another empty one follows it. */
  document.addEventListener('input', function (event) {
    var row = event.target.closest('.creditbridge [data-cb-new-row]');
    if (row === null || event.target.value === '') {
      return;
    }
    var list = row.parentNode;
    var name = list.getAttribute('data-cb-rows');
    var next = row.cloneNode(true);
    row.removeAttribute('data-cb-new-row');
    renumber(next, name);
    list.appendChild(next);
  });

  function renumber(row, name) {
    var pattern = new RegExp('^' + name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + '/(\\d+)');
    row.querySelectorAll('[name], [id], [for], [aria-describedby]').forEach(function (element) {
      ['name', 'id', 'for', 'aria-describedby'].forEach(function (attribute) {
        var value = element.getAttribute(attribute);
        if (value !== null) {
          element.setAttribute(
            attribute,
            value.replace(pattern, function (_, number) {
              return name + '/' + (Number(number) + 1);
            }),
          );
        }
      });
    });
    row.querySelectorAll('input[type="text"], textarea').forEach(function (input) {
      input.value = '';
    });
    row.querySelectorAll('.cb-fault').forEach(function (fault) {
      fault.remove();
    });
  }

  /** Typing into a setting of a group or client means that it has its own value. */
  document.addEventListener('input', function (event) {
    var override = event.target.closest('.creditbridge [data-cb-override]');
    if (override !== null) {
      var box = override.querySelector('.cb-check input');
      if (event.target !== box) {
        box.checked = true;
      }
    }
  });
})();
