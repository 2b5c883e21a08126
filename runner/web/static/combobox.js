// Pickers: type, choose with arrows and Enter. The pattern is the combobox with a list of WAI-ARIA 1.2.
import { announce, ask, cross, element, filled } from "./announcing.js";

let made = 0;

export class Listbox {
  // A list under an input; `choose(option)` is called with the chosen element.
  constructor(input, label, choose) {
    this.input = input;
    this.choose = choose;
    this.list = element("ul", { role: "listbox", id: `list-${++made}`, class: "drop", "aria-label": label, hidden: "" });
    input.parentElement.append(this.list);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => window.setTimeout(() => this.close(), 120));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]")));
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled=true])")];
  }

  get active() {
    return this.list.querySelector("[aria-selected=true]");
  }

  show(nodes, { first = false } = {}) {
    this.list.replaceChildren(...nodes);
    this.list.hidden = nodes.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(first ? this.options[0] : null);
  }

  close() {
    this.show([]);
  }

  mark(option) {
    this.active?.setAttribute("aria-selected", "false");
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    const options = this.options;
    if (!options.length) return;
    const at = options.indexOf(this.active);
    this.mark(options[at < 0 && step < 0 ? options.length - 1 : (at + step + options.length) % options.length]);
  }

  take(option) {
    if (option && option.getAttribute("aria-disabled") !== "true") this.choose(option);
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.input.dispatchEvent(new Event("input", { bubbles: true }));
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && this.active) {
      event.preventDefault();
      this.take(this.active);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }
}

export function option(id, label, detail, disabled = false) {
  const words = element("span", { class: "grow" }, element("bdi", {}, label));
  if (detail) words.append(element("span", { class: "soft small" }, " ", element("bdi", {}, detail)));
  return element("li", { role: "option", id: `option-${++made}`, "data-id": id, "data-label": label, "data-detail": detail || "", "aria-selected": "false", "aria-disabled": disabled ? "true" : null }, words);
}

export const says = (text) => element("li", { role: "presentation", class: "says" }, text);

// Search while somebody types: the last question wins, earlier ones are given up.
export function search(form, field, heard) {
  let pending = null, timer = 0;
  return (text) => {
    pending?.abort();
    window.clearTimeout(timer);
    if (text.trim().length < 2) { heard(null); return; }
    timer = window.setTimeout(async () => {
      pending = new AbortController();
      const body = filled(form);
      body.set("field", field);
      body.set("text", text.trim());
      try {
        heard(await ask(`${form.dataset.fill}/pick`, body, pending.signal));
      } catch (error) {
        if (error.name !== "AbortError") heard({ things: [], more: false, error: "The list could not be loaded. Type again to retry." });
      }
    }, 200);
  };
}

function picker(box) {
  const form = box.closest("form"), input = box.querySelector(".combo input"), picked = box.querySelector(".picked");
  const many = "many" in box.dataset, name = box.dataset.name;
  if (!form || !input) return;
  const changed = () => box.dispatchEvent(new Event("change", { bubbles: true }));
  const chosen = () => [...picked.children].map((item) => item.dataset.id);
  const single = many ? null : element("input", { type: "hidden", name });
  if (single) box.append(single);
  const keep = () => { if (single) single.value = chosen()[0] || ""; };

  const drop = (item) => {
    const label = item.querySelector("bdi").textContent;
    item.remove();
    keep();
    announce(`${label} removed`);
    input.focus();
    changed();
  };
  const dress = (item) => {
    const label = item.querySelector("bdi").textContent;
    const button = element("button", { type: "button", class: "quiet", "aria-label": `Remove ${label}` }, cross());
    button.addEventListener("click", () => drop(item));
    item.append(button);
    if (many) item.append(element("input", { type: "hidden", name, value: item.dataset.id }));
  };
  const add = (id, label) => {
    if (!many) picked.replaceChildren();
    if (!chosen().includes(id)) {
      const item = element("li", { "data-id": id }, element("bdi", {}, label));
      dress(item);
      picked.append(item);
    }
    input.value = "";
    keep();
    listbox.close();
    announce(`${label} chosen`);
    if (!many) picked.querySelector("button").focus();
    changed();
  };

  const label = form.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent.trim() || "Results";
  const listbox = new Listbox(input, label, (found) => add(found.dataset.id, found.dataset.label));
  const look = search(form, box.dataset.picker, (page) => {
    if (page === null) { listbox.close(); return; }
    const taken = chosen();
    const nodes = page.things.map((thing) => option(thing.id, thing.label, thing.refused || thing.detail, Boolean(thing.refused) || taken.includes(thing.id)));
    if (page.error) nodes.push(says(page.error));
    else if (!nodes.length) nodes.push(says("Nothing found."));
    else if (page.more) nodes.push(says("There are more. Type a little more."));
    listbox.show(nodes, { first: true });
    announce(page.error || `${page.things.length} found`);
  });
  input.addEventListener("input", (event) => { event.stopPropagation(); look(input.value); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && !input.value && picked.lastElementChild) drop(picked.lastElementChild);
    if (event.key === "Enter" && input.value && !listbox.active) event.preventDefault();
  });
  [...picked.children].forEach(dress);
  keep();
}

export function enhance(root) {
  for (const box of root.querySelectorAll("[data-picker]:not([data-ready])")) {
    if (box.closest("template")) continue;
    box.dataset.ready = "";
    picker(box);
  }
}
