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
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    delete form.dataset.typed;
    if ("again" in form.dataset) { return; }
    form.dataset.sent = "yes";
    window.setTimeout(hold, 0, form, true);
    window.setTimeout(hold, 60000, form, false);
  });
  // Coming back with the browser's back button finds the form ready again.
  window.addEventListener("pageshow", function () {
    each(document.forms, function (form) { if (form.dataset.sent) { hold(form, false); } });
  });
  // What is typed and not sent is lost neither by a link nor by a switch of language: the browser asks first.
  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (form && form.method === "post" && !form.querySelector("[type=password]")) { form.dataset.typed = "yes"; }
  });
  each(document.forms, function (form) {  // refused: what was typed stands there, and nowhere else
    if (form.method === "post" && form.querySelector("[aria-invalid=true]")) { form.dataset.typed = "yes"; }
  });
  window.addEventListener("beforeunload", function (event) {
    each(document.forms, function (form) {
      if (form.dataset.typed) { event.preventDefault(); event.returnValue = ""; }
    });
  });
  // A form with data-at-once is worked out anew at each change: the part with that id is replaced.
  document.addEventListener("change", function (event) {
    var form = event.target.form, part = form && form.dataset.atOnce;
    if (!part || !window.fetch || !window.URLSearchParams) { return; }
    var address = location.pathname + "?" + new URLSearchParams(new FormData(form)), name = event.target.name;
    fetch(address, {credentials: "same-origin"}).then(function (answer) { return answer.text(); }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, "text/html"), old = document.getElementById(part);
      if (!fresh.getElementById(part)) { return; }
      old.replaceWith(fresh.getElementById(part));
      var hidden = fresh.getElementById("adopt"), shown = document.getElementById("adopt");
      if (hidden && shown) { shown.replaceWith(hidden); }
      history.replaceState(null, "", address);
      if (document.activeElement === document.body && form.elements[name]) { form.elements[name].focus(); }
    });
  });
  // After a refused form, the summary is read first.
  var summary = document.querySelector(".errors[tabindex]");
  if (summary) { summary.focus(); }
}());
