// The order of an agenda by hand or by key. Without this the places are numbers that are typed.
const table = document.querySelector("[data-plan]");
const rows = () => [...table.querySelectorAll("[data-row]")];

function numbered() {
  rows().forEach((row, at) => { row.querySelector("input[name^=place_]").value = at + 1; });
  const said = document.querySelector("[data-planned]");
  const planned = rows().reduce((sum, row) => sum + (Number(row.querySelector("input[name^=minutes_]").value) || 0), 0);
  said.textContent = said.textContent.replace(/\d+/, planned);
  said.closest(".lede").toggleAttribute("data-over", planned > Number(said.dataset.lasts));
}

if (table) {
  let dragged = null;
  table.addEventListener("dragstart", (event) => { dragged = event.target.closest("[data-row]"); });
  table.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-row]");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
    over[event.clientY < middle ? "before" : "after"](dragged);
  });
  table.addEventListener("drop", (event) => event.preventDefault());
  table.addEventListener("dragend", () => { dragged = null; numbered(); });
  table.addEventListener("keydown", (event) => {
    if (!event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
    const row = event.target.closest("[data-row]");
    const beside = event.key === "ArrowUp" ? row?.previousElementSibling : row?.nextElementSibling;
    if (!beside) return;
    event.preventDefault();
    beside[event.key === "ArrowUp" ? "before" : "after"](row);
    event.target.focus();
    numbered();
  });
  table.addEventListener("input", (event) => { if (event.target.name.startsWith("minutes_")) numbered(); });
}
