// The dual list: what is there at the right, what can be added at the left; what is posted is the change.
import { announce, element } from "./announcing.js";
import { search } from "./combobox.js";

function dual(box) {
  const form = box.closest("form"), name = box.dataset.dual;
  const [pool, have] = box.querySelectorAll(".pool"), input = box.querySelector(".combo input");
  const hint = box.querySelector("[data-hint]"), sum = box.querySelector("[data-sum]"), count = box.querySelector("[data-count]");
  if (!form || !input) return;
  const items = () => [...have.querySelectorAll("li[data-id]")];
  const label = (item) => item.querySelector("bdi").textContent;

  const tell = () => {
    const states = items().map((item) => item.dataset.state);
    const added = states.filter((state) => state === "added").length, removed = states.filter((state) => state === "removed").length;
    const parts = [];
    if (added) parts.push(`${added} will be added`);
    if (removed) parts.push(`${removed} will be removed`);
    sum.textContent = parts.join(", ");
    count.textContent = String(states.filter((state) => state !== "added").length);
    have.querySelector(".none")?.toggleAttribute("hidden", states.length > 0);
  };
  const changed = () => { tell(); box.dispatchEvent(new Event("change", { bubbles: true })); };

  // A button moves; its words say what pressing it does, the mark says what will happen.
  const dress = (item) => {
    item.querySelectorAll(".move, .fate, input[type=hidden]").forEach((part) => part.remove());
    const state = item.dataset.state;
    if (state === "fixed") return;
    const words = { kept: "Remove", removed: "Keep", added: "Undo" }[state];
    const side = { removed: "remove", added: "add" }[state];
    if (side) {
      item.querySelector(".grow").append(element("span", { class: "fate" }, state === "added" ? "will be added" : "will be removed"));
      item.append(element("input", { type: "hidden", name: `${side}.${name}`, value: item.dataset.id }));
    }
    const button = element("button", { type: "button", class: "move", "aria-label": `${words} ${label(item)}` }, words);
    button.addEventListener("click", () => turn(item));
    item.append(button);
  };
  const turn = (item) => {
    if (item.dataset.state === "added") {
      const near = item.nextElementSibling || item.previousElementSibling;
      item.remove();
      announce(`${label(item)} will not be added`);
      (near?.querySelector("button") || input).focus();
    } else {
      item.dataset.state = item.dataset.state === "kept" ? "removed" : "kept";
      dress(item);
      announce(`${label(item)} ${item.dataset.state === "removed" ? "will be removed" : "stays"}`);
      item.querySelector("button").focus();
    }
    changed();
  };
  const add = (thing, row) => {
    const words = element("span", { class: "grow" }, element("bdi", {}, thing.label));
    if (thing.detail) words.append(element("span", { class: "soft small" }, element("bdi", {}, thing.detail)));
    const item = element("li", { "data-id": thing.id, "data-state": "added" }, words);
    dress(item);
    have.prepend(item);
    const near = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    announce(`${thing.label} will be added`);
    (near?.querySelector("button") || input).focus();
    changed();
  };
  const offer = (thing) => {
    const words = element("span", { class: "grow" }, element("bdi", {}, thing.label));
    const detail = thing.refused || thing.detail;
    if (detail) words.append(element("span", { class: "soft small" }, element("bdi", {}, detail)));
    const row = element("li", {}, words);
    if (!thing.refused) {
      const button = element("button", { type: "button", class: "move", "aria-label": `Add ${thing.label}` }, "Add");
      button.addEventListener("click", () => add(thing, row));
      row.append(button);
    }
    return row;
  };

  const look = search(form, name, (page) => {
    if (page === null) { pool.replaceChildren(); hint.textContent = "Two letters are enough."; return; }
    const present = new Set(items().map((item) => item.dataset.id));
    const free = page.things.filter((thing) => !present.has(thing.id));
    pool.replaceChildren(...free.map(offer));
    hint.textContent = page.error || (page.more ? "There are more. Type a little more." : free.length ? "" : "Nothing more found.");
    announce(page.error || `${free.length} found`);
  });
  input.addEventListener("input", (event) => { event.stopPropagation(); look(input.value); });

  // Arrows walk through the buttons of a side, from the box into the list and back.
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === input) event.preventDefault();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const side = event.target.closest(".side");
    const stops = side ? [...side.querySelectorAll(".combo input, .move")] : [];
    const next = stops[stops.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  });
  items().forEach(dress);
  tell();
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-dual]:not([data-ready])")) {
    box.dataset.ready = "";
    dual(box);
  }
}
