// Instant questions: when an answer changes what else is asked, the server works the form out and the page follows.
// What the rules in the page decide is shown at once, before the server is asked. What somebody is typing in is never touched.
import { announce, ask, filled } from "./announcing.js";

const PAUSE_MS = 150;

// In a table somebody may stand without having typed or picked: it follows, and keeps the focus.
function isIdle(slot, here) {
  const isPicking = slot.querySelector("input:checked") !== null;
  return slot.querySelector(".of-table") !== null && !isPicking && (here.type === "search" ? !here.value : here.tagName !== "INPUT");
}

export function start(enhance) {
  const form = document.querySelector("form[data-fill]");
  const block = document.getElementById("form-rules");
  if (!form || !(block || form.querySelector("[data-live]"))) return;
  let timer = 0, pending = null, typed = 0, instant = null;
  if (block) import("./instant-page.js").then(({ InstantPage }) => { instant = new InstantPage(form, JSON.parse(block.textContent), enhance); }).catch(() => {});

  const place = (part, said) => {
    const slot = form.querySelector(`.slot[data-field="${CSS.escape(part.id)}"]`);
    if (!slot) return;
    const was = !slot.hidden;
    instant?.heard(part.id, part.asked);
    const isPassword = slot.querySelector("input[type=password]") !== null;
    const inside = slot.contains(document.activeElement) ? document.activeElement : null;
    const isBusy = (inside && !isIdle(slot, inside)) || (isPassword && part.asked);
    if (was !== part.asked) said.push(part.asked ? `Now also asked: ${part.label}` : `No longer asked: ${slot.dataset.label}`);
    else if (part.stamp === slot.dataset.stamp || isBusy || slot.querySelector(".wrong")) return;
    slot.innerHTML = part.html;
    slot.hidden = !part.asked;
    slot.classList.toggle("appeared", part.asked && !was);
    slot.dataset.stamp = part.stamp;
    slot.dataset.label = part.label;
    enhance(slot);
    if (inside?.id) slot.querySelector(`#${CSS.escape(inside.id)}`)?.focus();
  };
  const head = (part, at) => {
    const section = form.querySelector(`[data-section="${at}"]`);
    if (!section) return;
    const legend = section.querySelector(":scope > legend"), help = section.querySelector(":scope > .section-help");
    legend.textContent = part.title;
    legend.hidden = !part.title || !part.is_asked;
    help.textContent = part.help;
    help.hidden = !part.help || !part.is_asked;
  };
  const follow = async () => {
    pending?.abort();
    pending = new AbortController();
    const then = typed;
    try {
      const page = await ask(form.dataset.evaluate ?? `${form.dataset.fill}/evaluate`, filled(form), pending.signal);
      if (then !== typed) { later(); return; }
      const said = [];
      page.fields.forEach((part) => place(part, said));
      page.sections.forEach(head);
      instant?.remind();
      const asOf = form.querySelector("[data-as-of]");
      if (asOf && page.as_of) asOf.innerHTML = page.as_of;
      if (said.length) announce(said.join(". "));
    } catch (error) {
      if (error.name !== "AbortError") announce("The form could not be brought up to date; it is checked again when you hand it in.");
    } finally {
      form.removeAttribute("data-following");
    }
  };
  const later = () => {
    form.setAttribute("data-following", "");
    window.clearTimeout(timer);
    timer = window.setTimeout(follow, PAUSE_MS);
  };
  const noticed = (event) => {
    typed += 1;
    const name = event.target.closest(".slot")?.dataset.field;
    if (event.type === "change" && name) instant?.touched.add(name);
    const isOpen = instant ? instant.follow() : block !== null;
    if (isOpen || event.target.closest("[data-live]") || form.hasAttribute("data-following")) later();
  };
  form.addEventListener("input", noticed);
  form.addEventListener("change", noticed);
}
