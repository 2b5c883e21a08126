// Questions that appear, disappear and follow others as soon as an answer changes; the server works it out.
import { announce, ask, later } from "./announcing.js";
import { start as combobox } from "./combobox.js";
import { start as duallist } from "./duallist.js";
import { start as rows } from "./rows.js";

export function start(root) {
  const form = root.querySelector("form[data-fill]");
  if (!form || !form.querySelector("[data-live]")) return;
  let turn = 0;
  const evaluate = later(async () => {
    const mine = ++turn;
    try {
      const found = await ask(form, "evaluate");
      if (mine === turn) show(form, found);
    } catch {
      announce("The questions could not be brought up to date");
    }
  }, 150);
  const changed = (event) => {
    if (event.target === form || event.target.closest("[data-live]")) evaluate();
  };
  form.addEventListener("change", changed);
  form.addEventListener("input", changed);
}

function show(form, found) {
  for (const field of found.fields) {
    const slot = form.querySelector(`[data-field="${CSS.escape(field.id)}"]`);
    if (!slot) continue;
    if (slot.hidden === field.asked) announce(field.asked ? `${field.label} is asked` : `${field.label} is no longer asked`);
    slot.hidden = !field.asked;
    if (slot.dataset.stamp === field.stamp || slot.contains(document.activeElement)) continue;
    slot.dataset.stamp = field.stamp;
    slot.innerHTML = field.html;
    for (const grow of [rows, combobox, duallist]) grow(slot);
  }
  found.sections.forEach((section, index) => {
    const place = form.querySelector(`[data-section="${index}"]`);
    if (place) place.hidden = !section.is_asked;
  });
}
