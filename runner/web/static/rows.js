// Rows: add one, remove one. Numbers only have to differ; the server counts again.
// The row that a page begins with is a spare one: left alone, it is no answer. A row that was asked for is one.
import { announce } from "./announcing.js";

function table(box, enhance) {
  box.querySelector("[data-spare]")?.remove(); // rows for browsers without script
  const template = box.querySelector("template"), adder = box.querySelector("[data-add-row]");
  const rows = () => [...box.querySelectorAll(":scope > [data-row]")];
  let next = rows().length;
  const number = () => {
    const most = Number(box.dataset.most || Infinity), least = Number(box.dataset.least || 0);
    rows().forEach((row, at) => {
      row.querySelector("[data-number]").textContent = String(at + 1);
      row.querySelector("[data-remove-row]").hidden = rows().length <= least;
    });
    adder.disabled = rows().length >= most;
  };
  const add = (focus) => {
    const holder = document.createElement("div");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next++));
    const row = holder.firstElementChild;
    if (focus) row.querySelectorAll("input[name*='.default.']").forEach((input) => input.remove());
    box.insertBefore(row, template);
    enhance(row);
    number();
    if (focus) row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  adder.addEventListener("click", () => { add(true); announce(`Row ${rows().length} added`); });
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-remove-row]")?.closest("[data-row]");
    if (!row) return;
    const at = rows().indexOf(row);
    row.remove();
    number();
    (rows()[Math.min(at, rows().length - 1)]?.querySelector("input:not([type=hidden]), select, textarea") || adder).focus();
    announce(`Row ${at + 1} removed`);
    box.dispatchEvent(new Event("change", { bubbles: true }));
  });
  if (!rows().length) add(false);
  number();
}

export function enhance(root, all) {
  for (const box of root.querySelectorAll("[data-rows]:not([data-ready])")) {
    box.dataset.ready = "";
    table(box, all);
  }
}
