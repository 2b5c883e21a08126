// Tables: filter, sort and page through the rows that are there; a table that has more of them asks the server.
import { announce, ask, element, filled } from "./announcing.js";

const PAGE = 25;
const PAUSE_MS = 250;

const plain = (text) => text.normalize("NFKD").replace(/\p{Mn}/gu, "").toLowerCase();
const cellKey = (row, at) => row.cells[at].dataset.key || row.cells[at].textContent.trim();

// Sort by a column: empty values last, whichever way round.
function compare(one, other, at, sign) {
  const [a, b] = [cellKey(one, at), cellKey(other, at)];
  if (!a || !b) return Number(!a) - Number(!b);
  return sign * a.localeCompare(b, document.documentElement.lang, { numeric: true, sensitivity: "base" });
}

function grid(box, enhance) {
  const table = box.querySelector("table"), input = box.querySelector("[data-filter]"), count = box.querySelector("[data-count]");
  const total = count.textContent, server = input?.hasAttribute("data-server");
  if (input) searching(box, input, server, enhance, (text) => narrow(text));
  if (!table) return;
  const body = table.tBodies[0], all = [...body.rows];
  let shown = all, page = 0;
  const words = new Map(all.map((row) => [row, plain(row.textContent)]));

  const said = element("span", { class: "soft small", "data-page": "" });
  const turn = (text, step) => {
    const button = element("button", { type: "button", class: "btn btn-outline-secondary btn-sm" }, text);
    button.addEventListener("click", () => { page += step; draw(); announce(said.textContent); });
    return button;
  };
  const back = turn("Previous", -1), on = turn("Next", 1);
  const pages = element("div", { class: "table-pages" }, back, said, on);
  const none = element("p", { class: "table-empty soft", hidden: "" }, "No row matches.");
  const picked = "select" in box.dataset && box.dataset.select === "many" ? element("span", { class: "chip info" }) : null;
  if (picked) count.after(picked);
  box.querySelector(".table-scroll").after(none, pages);

  const draw = () => {
    const last = Math.max(0, Math.ceil(shown.length / PAGE) - 1);
    page = Math.min(Math.max(page, 0), last);
    const [from, to] = [page * PAGE, Math.min((page + 1) * PAGE, shown.length)];
    all.forEach((row) => { row.hidden = true; });
    shown.forEach((row, at) => { row.hidden = at < from || at >= to; });
    body.append(...shown);
    pages.hidden = last === 0;
    none.hidden = shown.length > 0;
    said.textContent = `${from + 1} to ${to} of ${shown.length}`;
    for (const [button, off] of [[back, page === 0], [on, page === last]]) {
      if (off && button === document.activeElement) (button === back ? on : back).focus();
      button.disabled = off;
    }
  };
  const tell = () => {
    if (!picked) return;
    const number = body.querySelectorAll("input:checked").length;
    picked.hidden = number === 0;
    picked.textContent = `${number} picked`;
  };
  function narrow(text) {
    const wanted = plain(text).split(/\s+/).filter(Boolean);
    shown = [...body.rows].filter((row) => wanted.every((word) => words.get(row).includes(word)));
    count.textContent = wanted.length ? `${shown.length} of ${total}` : total;
    page = 0;
    draw();
    announce(shown.length ? `${shown.length} of ${total}` : "No row matches.");
  }

  [...table.tHead.rows[0].cells].forEach((head, at) => {
    if (head.tagName !== "TH") return;
    const button = element("button", { type: "button", class: "sort" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
      const order = (one, other) => compare(one, other, at, sign);
      body.append(...[...body.rows].sort(order));
      shown = [...shown].sort(order);
      page = 0;
      draw();
      announce(`Sorted by ${button.textContent}, ${sign === 1 ? "ascending" : "descending"}`);
    });
  });
  box.addEventListener("change", tell);
  draw();
  tell();
}

// Typing filters what is there; where the server has more, it is asked, and the table comes anew.
function searching(box, input, server, enhance, narrow) {
  const form = box.closest("form"), slot = box.closest("[data-field]");
  let timer = 0, pending = null;
  const look = async () => {
    pending?.abort();
    pending = new AbortController();
    try {
      const page = await ask(`${form.dataset.fill}/evaluate`, filled(form), pending.signal);
      const part = page.fields.find((field) => field.id === slot.dataset.field);
      if (!part) return;
      const at = input.selectionStart, had = input === document.activeElement;
      slot.innerHTML = part.html;
      slot.dataset.stamp = part.stamp;
      enhance(slot);
      const again = slot.querySelector("[data-filter]");
      if (had && again) { again.focus(); again.setSelectionRange(at, at); }
      announce(slot.querySelector("[data-count]")?.textContent || "");
    } catch (error) {
      if (error.name !== "AbortError") announce("The table could not be loaded. Type again to retry.");
    }
  };
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    window.clearTimeout(timer);
    if (!server || !form?.dataset.fill) narrow(input.value);
    else timer = window.setTimeout(look, PAUSE_MS);
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    window.clearTimeout(timer);
    if (server) look();
  });
}

export function enhance(root, again) {
  for (const box of root.querySelectorAll("[data-table]:not([data-ready])")) {
    box.dataset.ready = "";
    grid(box, again);
  }
}
