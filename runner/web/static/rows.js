// Rows that can be added and removed.
import { start as pickers } from "./combobox.js";

export function start(root) {
  for (const rows of root.querySelectorAll("[data-rows]:not([data-ready])")) grow(rows);
}

function grow(rows) {
  rows.dataset.ready = "";
  const [template, add] = [rows.querySelector("template"), rows.querySelector("[data-add-row]")];
  let next = rows.querySelectorAll(":scope > [data-row]").length;
  const settle = () => {
    const present = [...rows.querySelectorAll(":scope > [data-row]")];
    present.forEach((row, index) => { row.querySelector("[data-number]").textContent = index + 1; });
    add.hidden = present.length >= Number(rows.dataset.most || Infinity);
    for (const row of present) row.querySelector("[data-remove-row]").hidden = present.length <= Number(rows.dataset.least);
  };
  const insert = () => {
    const made = document.createElement("template");
    made.innerHTML = template.innerHTML.replaceAll("__n__", String(next++));
    const row = made.content.querySelector("[data-row]");
    add.before(made.content);
    pickers(row);
    settle();
    return row;
  };
  add.addEventListener("click", () => insert().querySelector("input:not([type=hidden]), select")?.focus());
  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (!button) return;
    button.closest("[data-row]").remove();
    settle();
    add.focus();
    rows.dispatchEvent(new Event("change", { bubbles: true }));
  });
  if (!next && Number(rows.dataset.least) > 0) insert();
  settle();
}
