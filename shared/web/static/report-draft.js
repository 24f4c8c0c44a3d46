"use strict";
// A draft of the report, kept on this device only: seven days at most, and until it is sent.

const DRAFT = "samlad.report.draft";
const DRAFT_DAYS = 7;
const NOT_DRAFTED = new Set(["csrf", "idempotency_key", "agency", "contact", "q", "find"]);

addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[data-draft]");
  if (document.querySelector("meta[name=samlad-draft][content=sent]")) dropDraft();
  if (form) keepDraft(form);
});

function keepDraft(form) {
  const kept = readDraft();
  document.querySelector("[data-draft-words]").hidden = !draftsWork();
  const begun = filledIn(form);
  if (kept && form.dataset.draft === "fresh") offerDraft(form, begun, kept);
  let waiting = 0;
  const save = () => {
    clearTimeout(waiting);
    waiting = 0;
    writeDraft(filledIn(form));
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 300);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  addEventListener("pagehide", () => waiting && save());
  form.addEventListener("samlad:untouched", () => {
    clearTimeout(waiting);
    waiting = 0;
  });
}

// The draft stands in the form; one button throws it away and one takes that back.
function offerDraft(form, begun, kept) {
  const notice = document.querySelector("[data-draft-notice]");
  const told = notice.querySelector("[data-draft-told]");
  const discard = notice.querySelector("[data-draft-discard]");
  const undo = notice.querySelector("[data-draft-undo]");
  const when = new Date(kept.at).toLocaleString("sv-SE", { dateStyle: "medium", timeStyle: "short" });
  const restored = () => {
    fillIn(form, kept.values);
    told.textContent = `Ditt utkast från ${when} är framtaget. / Your draft is restored.`;
    discard.hidden = false;
    undo.hidden = true;
  };
  notice.hidden = false;
  restored();
  discard.addEventListener("click", () => {
    fillIn(form, begun);
    form.dispatchEvent(new Event("samlad:untouched"));
    dropDraft();
    told.textContent = "Utkastet är kastat. / The draft is thrown away.";
    discard.hidden = true;
    undo.hidden = false;
    undo.focus();
  });
  undo.addEventListener("click", () => {
    restored();
    writeDraft(kept.values);
    discard.focus();
  });
}

function filledIn(form) {
  return [...new FormData(form)].filter(([name, value]) => !NOT_DRAFTED.has(name) && typeof value === "string");
}

function fillIn(form, values) {
  const all = new Map();
  for (const [name, value] of values) all.set(name, [...(all.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || NOT_DRAFTED.has(field.name)) continue;
    const given = all.get(field.name) ?? [];
    if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
    else if (field.tagName !== "BUTTON") field.value = given[0] ?? "";
  }
  reportPlace?.restored();
  for (const part of form.querySelectorAll("details:not([data-place-map])")) {
    part.open = Boolean(part.querySelector("input[name=category]:checked, input[name=flags]:checked"))
      || Boolean(part.querySelector("textarea")?.value);
  }
}

function readDraft() {
  try {
    const kept = JSON.parse(localStorage.getItem(DRAFT));
    if (!kept) return null;
    if (Array.isArray(kept.values) && Date.now() - kept.at < DRAFT_DAYS * 86400000) return kept;
  } catch {
    // What cannot be read is no draft.
  }
  dropDraft();
  return null;
}

function writeDraft(values) {
  try {
    localStorage.setItem(DRAFT, JSON.stringify({ at: Date.now(), values }));
  } catch {
    // A full or forbidden store keeps no draft; the form works all the same.
  }
}

function dropDraft() {
  try {
    localStorage.removeItem(DRAFT);
  } catch {
    // There is none where nothing may be stored.
  }
}

function draftsWork() {
  try {
    localStorage.setItem(`${DRAFT}.try`, "");
    localStorage.removeItem(`${DRAFT}.try`);
    return true;
  } catch {
    return false;
  }
}
