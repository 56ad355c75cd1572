// Only what makes a working page quicker. Nothing here is needed: every link and form works without it.

const words = document.getElementById("words")?.dataset ?? {};
const memory = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* closed to us */ } },
};

// Theme: as the system, light, dark.
const order = ["auto", "light", "dark"];
for (const button of document.querySelectorAll("[data-theme-toggle]")) {
  const label = button.querySelector("[data-label]");
  const show = () => {
    const theme = document.documentElement.dataset.theme ?? "auto";
    if (label) label.textContent = button.dataset[theme];
  };
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? "auto";
    const next = order[(order.indexOf(now) + 1) % order.length];
    if (next === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    memory.set("keep-theme", next === "auto" ? null : next);
    show();
  });
  button.hidden = false;
  show();
}

// Keys: any element with data-key="x" is clicked (or focused, if it takes text) by x. They can be switched off.
const keyed = () => [...document.querySelectorAll("[data-key]")].filter((e) => e.offsetParent !== null);
const nameOf = (e) => e.dataset.keyLabel || e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.innerText || e.placeholder || "";
const typing = (e) => e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName);

function listKeys() {
  document.getElementById("keys")?.remove();
  const dialog = Object.assign(document.createElement("dialog"), { id: "keys", className: "dialog" });
  const head = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: words.keys });
  dialog.setAttribute("aria-labelledby", "keys-title");
  const list = Object.assign(document.createElement("dl"), { className: "facts" });
  const line = (key, text) => {
    const dt = document.createElement("dt");
    dt.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(dt, Object.assign(document.createElement("dd"), { textContent: text }));
  };
  for (const e of keyed()) line(e.dataset.key.toUpperCase(), nameOf(e).replace(/\s+/g, " ").trim().replace(new RegExp(`\\s${e.dataset.key}$`, "i"), ""));
  for (const e of document.querySelectorAll("[data-rows-label]")) line("J K", e.dataset.rowsLabel);
  line("?", words.keysHelp);
  const check = Object.assign(document.createElement("input"), { type: "checkbox", id: "keys-on", checked: memory.get("keep-keys") !== "off" });
  check.addEventListener("change", () => memory.set("keep-keys", check.checked ? null : "off"));
  const row = Object.assign(document.createElement("div"), { className: "check" });
  row.append(check, Object.assign(document.createElement("label"), { htmlFor: "keys-on", textContent: words.keysOn }));
  const foot = document.createElement("footer");
  const close = Object.assign(document.createElement("button"), { className: "btn", type: "button", textContent: words.close });
  close.addEventListener("click", () => dialog.close());
  foot.append(close);
  dialog.append(head, list, row, foot);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
for (const button of document.querySelectorAll("[data-keys-open]")) {
  button.hidden = false;
  button.addEventListener("click", listKeys);
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]") || memory.get("keep-keys") === "off") return;
  if (event.key === "?") { event.preventDefault(); listKeys(); return; }
  const target = keyed().find((e) => e.dataset.key === event.key.toLowerCase());
  if (!target) return;
  event.preventDefault();
  if (typing(target)) target.focus(); else target.click();
});

// Forms marked data-dirty: leaving with unsaved words asks first (the browser's own question).
const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-dirty")) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target));
addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (form.isConnected) { event.preventDefault(); return; }
});

// After a refused form the list of errors takes the focus.
const toErrors = (root) => root.querySelector?.("[data-errors]")?.focus();
toErrors(document);
document.addEventListener("htmx:afterSwap", (event) => toErrors(event.target));

// What a request could not do is said where the page speaks.
function say(text) {
  const place = document.getElementById("messages");
  if (!place || !text) return;
  const box = Object.assign(document.createElement("div"), { className: "message" });
  box.dataset.tone = "bad";
  box.append(Object.assign(document.createElement("p"), { textContent: text }));
  place.replaceChildren(box);
  place.scrollIntoView({ block: "nearest" });
}
// A pulse, which asks again by itself, says it where it stands.
const asked = (event) => !event.detail.elt?.closest?.("[data-pulse]") || event.target.closest?.("form");
document.addEventListener("htmx:sendError", (event) => asked(event) && say(words.offline));
document.addEventListener("htmx:timeout", (event) => asked(event) && say(words.offline));
document.addEventListener("htmx:responseError", (event) => asked(event) && say(event.detail.xhr.status === 403 ? words.refused : words.failed));

// Tables that turn into records on narrow screens keep telling assistive technology that they are tables.
const roles = [["table", "table.table"], ["rowgroup", "thead, tbody, tfoot"], ["row", "tr"], ["columnheader", "thead th"], ["rowheader", "tbody th, tfoot th"], ["cell", "td"]];
function nameTables(root) {
  for (const table of root.querySelectorAll?.("table.table:not(.grid)") ?? []) {
    table.setAttribute("role", "table");
    for (const [role, selector] of roles.slice(1)) for (const e of table.querySelectorAll(selector)) e.setAttribute("role", role);
  }
}
nameTables(document);
document.addEventListener("htmx:load", (event) => nameTables(event.target));
