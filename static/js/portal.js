/* Small comforts; every page works without this file. */
(function () {
  "use strict";
  // A double click submits once: the button is disabled after the browser has collected the form.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    window.setTimeout(function () {
      Array.prototype.forEach.call(form.querySelectorAll("button"), function (button) { button.disabled = true; });
    }, 0);
  });
  // Coming back with the browser's back button finds the form ready again.
  window.addEventListener("pageshow", function () {
    Array.prototype.forEach.call(document.forms, function (form) {
      if (!form.dataset.sent) { return; }
      delete form.dataset.sent;
      Array.prototype.forEach.call(form.querySelectorAll("button"), function (button) { button.disabled = false; });
    });
  });
  // After a refused form, the summary is read first.
  var summary = document.querySelector(".errors[tabindex]");
  if (summary) { summary.focus(); }
}());
