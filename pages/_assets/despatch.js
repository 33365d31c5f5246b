// What pages gain where scripts run: govuk-frontend's behaviour, keyboard shortcuts, counts that follow the service, and
// zoom without a request. Every page works whole without it. Never: writes HTML; all it makes are nodes and texts.
import { initAll } from "./govuk-frontend.min.js";

initAll();

// An element with its attributes and what is inside it: nodes, or texts.
function element(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

// --- Keyboard shortcuts: `data-shortcut="a"` on a link, a button or a field.

const OFF = "despatch-shortcuts-off";

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function store(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // A browser that stores nothing asks again on the next page.
  }
}

let off = stored(OFF) !== null;

function shortcuts() {
  const first = new Map();
  for (const target of document.querySelectorAll("[data-shortcut]")) {
    const shown = target.checkVisibility ? target.checkVisibility() : target.getClientRects().length > 0;
    if (shown && !target.disabled && !first.has(target.dataset.shortcut)) first.set(target.dataset.shortcut, target);
  }
  return first;
}

function name(target) {
  const label = target.labels && target.labels.length ? target.labels[0] : target;
  return target.dataset.shortcutName || target.getAttribute("aria-label") || label.textContent.trim().replace(/\s+/g, " ");
}

function press(target) {
  target.focus();
  const typed = target.matches("input:not([type=radio], [type=checkbox], [type=submit], [type=button]), select, textarea");
  if (!typed && !target.matches("[tabindex]")) target.click();
}

const closing = element("button", { type: "button", class: "govuk-button govuk-button--secondary" }, "Close");
const turning = element("button", { type: "button", class: "govuk-button govuk-button--secondary" });
const rows = element("tbody", { class: "govuk-table__body" });
const dialog = element(
  "dialog",
  { class: "despatch-shortcuts", "aria-labelledby": "despatch-shortcuts-title" },
  element("h2", { class: "govuk-heading-m", id: "despatch-shortcuts-title" }, "Keyboard shortcuts"),
  element(
    "table",
    { class: "govuk-table" },
    element(
      "thead",
      { class: "govuk-table__head" },
      element(
        "tr",
        { class: "govuk-table__row" },
        element("th", { scope: "col", class: "govuk-table__header" }, "Key"),
        element("th", { scope: "col", class: "govuk-table__header" }, "What it does"),
      ),
    ),
    rows,
  ),
  element("div", { class: "govuk-button-group" }, closing, turning),
);

function row(key, words) {
  return element(
    "tr",
    { class: "govuk-table__row" },
    element("td", { class: "govuk-table__cell" }, element("kbd", {}, key)),
    element("td", { class: "govuk-table__cell" }, words),
  );
}

function list() {
  rows.replaceChildren(row("?", "Shows this list"));
  for (const [key, target] of shortcuts()) rows.append(row(key, name(target)));
  turning.textContent = off ? "Turn shortcuts on" : "Turn shortcuts off";
  if (!dialog.open) dialog.showModal();
}

closing.addEventListener("click", () => dialog.close());
turning.addEventListener("click", () => {
  off = !off;
  store(OFF, off ? "yes" : null);
  list();
});
document.body.append(dialog);

for (const opener of document.querySelectorAll("[data-shortcuts-open]")) {
  opener.hidden = false;
  opener.addEventListener("click", list);
}
for (const target of document.querySelectorAll("[data-shortcut]")) {
  target.setAttribute("aria-keyshortcuts", target.dataset.shortcut);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  const typing = "input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select, [contenteditable]";
  if (event.target instanceof Element && event.target.closest(typing)) return;
  if (event.key === "?") {
    event.preventDefault();
    list();
    return;
  }
  const target = off ? undefined : shortcuts().get(event.key);
  if (target) {
    event.preventDefault();
    press(target);
  }
});

// --- Counts: `data-notice="to_review"` shows a number that the service sends.

const address = document.querySelector("script[data-notices]")?.dataset.notices;

function show(counts) {
  const words = [];
  for (const shown of document.querySelectorAll("[data-notice]")) {
    const count = counts[shown.dataset.notice];
    if (typeof count !== "number") continue;
    const before = Number.parseInt(shown.textContent, 10) || 0;
    shown.textContent = String(count);
    shown.hidden = count === 0;
    if (count > before) words.push(shown.parentElement.textContent.trim().replace(/\s+/g, " "));
  }
  const status = document.querySelector("[data-notice-words]");
  if (status && words.length) status.textContent = `New: ${words.join(", ")}`;
}

if (address && document.querySelector("[data-notice]")) {
  const source = new EventSource(address);
  source.addEventListener("message", (event) => {
    try {
      show(JSON.parse(event.data));
    } catch {
      // What is no count changes nothing.
    }
  });
  addEventListener("pagehide", () => source.close());
}

// --- Zoom: links with `data-zoom` ask the server for other pictures; here the same pictures are drawn larger.

const STEPS = [50, 100, 150, 200, 300];

for (const viewer of document.querySelectorAll("[data-viewer]")) {
  const said = viewer.querySelector("[data-zoom-words]");
  for (const link of viewer.querySelectorAll("[data-zoom]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const at = Math.max(STEPS.indexOf(Number(viewer.dataset.zoomed)), 0);
      const step = link.dataset.zoom === "in" ? 1 : -1;
      const zoom = STEPS[Math.min(Math.max(at + step, 0), STEPS.length - 1)];
      viewer.dataset.zoomed = String(zoom);
      if (said) said.textContent = `${zoom}%`;
    });
  }
}
