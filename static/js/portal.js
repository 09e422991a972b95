/* Small comforts; every page works without this file. */
(function () {
  "use strict";
  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function hold(form, held) {
    if (held) { form.dataset.sent = "yes"; } else { delete form.dataset.sent; }
    each(form.querySelectorAll("button"), function (button) { button.disabled = held; });
  }
  // A double click submits once: the buttons rest when the browser has collected the form, and wake after
  // a minute, for someone who stopped a slow page. A form with data-again (a download) may be sent again.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || "again" in form.dataset || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(hold, 0, form, true);
    window.setTimeout(hold, 60000, form, false);
  });
  // Coming back with the browser's back button finds the form ready again.
  window.addEventListener("pageshow", function () {
    each(document.forms, function (form) { if (form.dataset.sent) { hold(form, false); } });
  });
  // After a refused form, the summary is read first.
  var summary = document.querySelector(".errors[tabindex]");
  if (summary) { summary.focus(); }
}());
