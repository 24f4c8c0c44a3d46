"use strict";
// Small helps. Every page works without them.

// An error summary takes the focus, so that a screen reader begins there.
addEventListener("DOMContentLoaded", () => {
  document.getElementById("error-summary")?.focus();
});

// A form is sent once, however often its button is pressed.
addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent === "true") {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// htmx carries the form token of the page with every request it makes.
addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('input[name="csrf"]')?.value;
  if (token) event.detail.headers["X-CSRF-Token"] = token;
});
