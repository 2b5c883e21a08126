// A picker that searches as you type: arrows, Enter, Escape; names its choices to a screen reader.
import { announce, ask, element, later } from "./announcing.js";

let count = 0;

export function start(root) {
  for (const picker of root.querySelectorAll("[data-picker]:not([data-ready])")) grow(picker);
}

function grow(picker) {
  picker.dataset.ready = "";
  const input = picker.querySelector(".combo input");
  const picked = picker.querySelector(".picked");
  const form = picker.closest("form");
  const many = picker.hasAttribute("data-many");
  const list = element("ul", { className: "choices", id: `choices-${++count}`, role: "listbox", hidden: true });
  input.name = "";
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"]])
    input.setAttribute(name, value);
  let at = -1;

  const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));
  const remember = (item) => {
    item.append(
      element("input", { type: "hidden", name: picker.dataset.name, value: item.dataset.id }),
      element("button", { type: "button", className: "quiet", "aria-label": `Remove ${item.textContent}`, textContent: "×", onclick: () => {
        item.remove();
        if (!many && !picked.children.length) picked.append(element("input", { type: "hidden", name: picker.dataset.name, value: "" }));
        input.focus();
        changed();
      } }),
    );
  };
  for (const item of picked.querySelectorAll("li")) remember(item);

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    if (!option || option.getAttribute("aria-disabled") === "true") return;
    if (!many) picked.replaceChildren();
    const item = element("li", {}, element("bdi", { textContent: option.dataset.text }));
    item.dataset.id = option.dataset.id;
    picked.append(item);
    remember(item);
    input.value = "";
    close();
    announce(`${option.dataset.text} chosen`);
    changed();
  };
  const search = later(async () => {
    const text = input.value.trim();
    if (text.length < 2) return close();
    try {
      const found = await ask(form, "pick", { field: picker.dataset.picker, text });
      list.replaceChildren(...found.things.map((thing, index) => {
        const option = element("li", { id: `${list.id}-${index}`, role: "option", "aria-selected": "false" },
          element("bdi", { textContent: thing.label }), element("span", { className: "soft small", textContent: ` ${thing.refused || thing.detail}` }));
        option.dataset.id = thing.id;
        option.dataset.text = thing.label;
        if (thing.refused) option.setAttribute("aria-disabled", "true");
        option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
        return option;
      }));
      if (!found.things.length) list.append(element("li", { className: "soft small", textContent: found.error || "Nothing found" }));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      announce(found.error || `${found.things.length} found`);
    } catch {
      announce("The list could not be loaded");
    }
  }, 250);
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (event.key === "Escape") return close();
    if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      return choose(options[Math.max(at, 0)]);
    }
    if (!["ArrowDown", "ArrowUp"].includes(event.key) || !options.length) return;
    event.preventDefault();
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  });
}
