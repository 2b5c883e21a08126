// A choice of many: a field above it hides what does not match; what is ticked stays in sight whatever is typed.
import { announce, element } from "./announcing.js";

const LEAST = 12;

const plain = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();

function nameOf(list) {
  const group = list.closest("fieldset, [role=group]");
  return group?.querySelector(":scope > legend bdi")?.textContent || group?.getAttribute("aria-label") || "";
}

function sift(list, lines) {
  const words = new Map(lines.map((line) => [line, plain(line.textContent)]));
  const input = element("input", {
    class: "form-control form-control-sm", type: "search", autocomplete: "off", spellcheck: "false", maxlength: "100",
    placeholder: "Filter these", "aria-label": `Filter ${nameOf(list)}`.trim(),
  });
  const said = element("span", { class: "soft small", "data-count": "" });

  const narrow = () => {
    const wanted = plain(input.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const line of lines) {
      const fits = wanted.every((word) => words.get(line).includes(word));
      line.hidden = !fits && !line.querySelector("input").checked;
      shown += line.hidden ? 0 : 1;
    }
    const told = shown ? `${shown} of ${lines.length} shown` : `None of ${lines.length} matches`;
    list.hidden = shown === 0;
    said.textContent = wanted.length ? told : "";
    announce(told);
  };
  input.addEventListener("input", (event) => { event.stopPropagation(); narrow(); });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key !== "Escape" || !input.value) return;
    event.preventDefault();
    input.value = "";
    narrow();
  });
  list.classList.add("long");
  list.before(element("div", { class: "sift" }, input, said));
}

export function enhance(root) {
  for (const list of root.querySelectorAll(".options:not(.long)")) {
    const lines = [...list.querySelectorAll(":scope > .form-check")];
    if (lines.length >= LEAST) sift(list, lines);
  }
}
