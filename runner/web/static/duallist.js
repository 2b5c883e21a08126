// Memberships: search on the left, what is there and what will be on the right; every move is a button.
import { announce, ask, element, later } from "./announcing.js";

export function start(root) {
  for (const dual of root.querySelectorAll("[data-dual]:not([data-ready])")) grow(dual);
}

function grow(dual) {
  dual.dataset.ready = "";
  const [name, form] = [dual.dataset.dual, dual.closest("form")];
  const [search, pool, have, hint] = [dual.querySelector("input[type=search]"), dual.querySelector(".pool:not(.have)"), dual.querySelector(".have"), dual.querySelector("[data-hint]")];
  search.name = "";

  const button = (label, text, work) => element("button", { type: "button", className: "btn btn-outline-secondary btn-sm", textContent: label, "aria-label": `${label} ${text}`, onclick: work });
  const label = (item) => item.querySelector("bdi")?.textContent ?? "";
  const settle = () => {
    have.querySelector(".none")?.remove();
    for (const item of have.querySelectorAll("li[data-id]")) {
      for (const old of item.querySelectorAll(":scope > button, :scope > input")) old.remove();
      const { state, id } = item.dataset;
      if (state === "added") item.append(element("input", { type: "hidden", name: `add.${name}`, value: id }), button("Undo", label(item), () => { item.remove(); moved(`${label(item)} is not added`); }));
      if (state === "kept") item.append(button("Remove", label(item), () => { item.dataset.state = "removed"; moved(`${label(item)} will be removed`); }));
      if (state === "removed") item.append(element("input", { type: "hidden", name: `remove.${name}`, value: id }), button("Keep", label(item), () => { item.dataset.state = "kept"; moved(`${label(item)} stays`); }));
    }
    const count = (state) => have.querySelectorAll(`li[data-state=${state}]`).length;
    dual.querySelector("[data-sum]").textContent = `${count("added")} to add, ${count("removed")} to remove`;
  };
  const moved = (text) => {
    settle();
    announce(text);
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const add = (thing) => {
    const item = element("li", {}, element("span", { className: "grow" }, element("bdi", { textContent: thing.label })));
    Object.assign(item.dataset, { id: thing.id, state: "added" });
    have.prepend(item);
    moved(`${thing.label} will be added`);
  };
  search.addEventListener("input", later(async () => {
    const text = search.value.trim();
    if (text.length < 2) return pool.replaceChildren();
    try {
      const found = await ask(form, "pick", { field: name, text });
      const present = new Set([...have.querySelectorAll("li[data-id]")].map((item) => item.dataset.id));
      const things = found.things.filter((thing) => !present.has(thing.id));
      pool.replaceChildren(...things.map((thing) => {
        const item = element("li", {}, element("span", { className: "grow" }, element("bdi", { textContent: thing.label }), element("span", { className: "soft small", textContent: thing.detail })));
        item.append(button("Add", thing.label, () => { item.remove(); add(thing); search.focus(); }));
        return item;
      }));
      hint.textContent = found.error || (things.length ? (found.more ? "There are more; type on." : "") : "Nothing found.");
    } catch {
      hint.textContent = "The list could not be loaded.";
    }
  }, 250));
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    pool.querySelector("button")?.click();
  });
  settle();
}
