// A meeting that is held: its clock, what was typed and not sent yet, and a connection that is lost and found.
// Nothing here is needed to write the record: each form works without it.

// The clock counts on from what the page says.
const shown = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
const begun = new WeakMap();
setInterval(() => {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    if (!begun.has(clock)) begun.set(clock, performance.now() - 1000 * Number(clock.dataset.spent));
    const spent = Math.floor((performance.now() - begun.get(clock)) / 1000);
    const left = "allotted" in clock.dataset ? Number(clock.dataset.allotted) - spent : null;
    clock.querySelector("[data-time]").textContent = shown(Math.abs(left ?? spent));
    if (left === null) continue;
    const isUp = left <= 0;
    if (isUp) clock.dataset.state = "up";
    clock.querySelector("[data-left]").hidden = isUp;
    clock.querySelector("[data-up]").hidden = !isUp;
  }
}, 1000);

// A kind that is chosen by its key leads into the line.
document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-focus]");
  if (target) document.getElementById(target.dataset.focus)?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.dataset?.keep !== undefined) event.target.blur();
});

// What is typed is kept on this device until it was sent, also when the page is closed meanwhile.
const store = {
  get(name) { try { return localStorage.getItem(`keep-typed-${name}`); } catch { return null; } },
  set(name, text) { try { text ? localStorage.setItem(`keep-typed-${name}`, text) : localStorage.removeItem(`keep-typed-${name}`); } catch { /* closed to us */ } },
};
document.addEventListener("input", (event) => {
  const name = event.target.dataset?.keep;
  if (name) store.set(name, event.target.value);
});
const restore = (root) => {
  for (const field of root.querySelectorAll?.("[data-keep]") ?? []) {
    const kept = store.get(field.dataset.keep);
    if (kept && field.value === field.defaultValue) field.value = kept;
  }
};
restore(document);
document.addEventListener("htmx:load", (event) => restore(event.target));
// Asked before the answer replaces the form: afterwards the event is told of whatever stands around it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.elt?.id !== "capture-form" || event.detail.xhr.status >= 300) return;
  store.set(event.detail.elt.querySelector("[data-keep]").dataset.keep, "");
});
// A decision that was captured is the motion that is put to the vote, where nobody wrote another.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (form.id === "capture-form") form.dataset.decision = form.elements.kind.value === "decision" ? form.elements.text.value : "";
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const words = event.detail.elt?.dataset?.decision;
  const motion = document.querySelector("#settle-form [name=motion]");
  if (words && motion && event.detail.xhr.status < 300 && motion.value === motion.defaultValue) motion.value = motion.defaultValue = words;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.elt?.id === "capture-form") document.getElementById("capture-text")?.focus();
});

// A pulse that gets no answer says so, once, where the page says that it follows.
const connection = (isThere) => (event) => {
  const pulse = event.detail.elt?.closest?.("[data-pulse]");
  if (!pulse) return;
  pulse.querySelector("[data-following]").hidden = !isThere;
  const lost = pulse.querySelector("[data-lost]");
  if (lost.hidden !== isThere) lost.hidden = isThere;
};
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(failure, connection(false));
document.addEventListener("htmx:afterOnLoad", (event) => {
  connection(true)(event);
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.querySelector("[data-now]")?.dataset.zone });
  for (const place of document.querySelectorAll("[data-now]")) place.textContent = time;
});
