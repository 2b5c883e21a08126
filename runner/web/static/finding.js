// The box at the top: “/” from anywhere, suggestions of people and tasks, arrows and Enter.
import { announce, element } from "./announcing.js";
import { Listbox, option, says } from "./combobox.js";

function suggestion(one, mark) {
  const made = option(one.address, one.label, one.detail, one.is_off);
  made.prepend(mark);
  if (one.chip) made.append(element("span", { class: `chip ${one.tone}` }, one.chip));
  return made;
}

const counted = (found, one, several) => `${found.length} ${found.length === 1 ? one : several}`;

export function start() {
  const form = document.querySelector("[data-find]"), input = form?.querySelector("input");
  if (!input) return;
  const listbox = new Listbox(input, "Suggestions", (chosen) => { window.location.assign(chosen.dataset.id); });
  let timer = 0, pending = null;

  const show = (page) => {
    const people = page.people.map((one) => suggestion(one, element("span", { class: "face", "aria-hidden": "true" }, one.initials)));
    const tasks = page.tasks.map((one) => suggestion(one, element("span", { class: "badge-icon", "aria-hidden": "true" }, "›")));
    const nodes = [];
    if (people.length) nodes.push(element("li", { role: "presentation", class: "over" }, "People"), ...people);
    if (tasks.length) nodes.push(element("li", { role: "presentation", class: "over" }, "Tasks"), ...tasks);
    if (!nodes.length) nodes.push(says("Nothing found among those you look after."));
    else if (page.more) nodes.push(says("There are more. Press Enter for all."));
    listbox.show(nodes, { first: people.length + tasks.length === 1 });
    announce(`${counted(people, "person", "people")}, ${counted(tasks, "task", "tasks")}`);
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    pending?.abort();
    const text = input.value.trim();
    if (text.length < 2) { listbox.close(); return; }
    timer = window.setTimeout(async () => {
      pending = new AbortController();
      try {
        const answer = await fetch(`/find/suggestions?q=${encodeURIComponent(text)}`, { signal: pending.signal, headers: { Accept: "application/json" } });
        if (answer.ok) show(await answer.json());
        else if (answer.status === 401) window.location.reload();
      } catch (error) {
        if (error.name !== "AbortError") listbox.close();
      }
    }, 150);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
