// J and K go down and up the rows of a list; Enter opens the row, since its link has the focus. Works without it too.

const typing = (e) => e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName);
const off = () => { try { return localStorage.getItem("keep-keys") === "off"; } catch { return false; } };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target) || document.querySelector("dialog[open]") || off()) return;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step) return;
  const links = [...document.querySelectorAll("[data-rows] tbody th a")].filter((link) => link.offsetParent !== null);
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + step));
  event.preventDefault();
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
});
