// Put what the rules say into the page: questions shown and hidden, required or not, texts worked out, messages at once.
import { announce, element } from "./announcing.js";
import { Rules } from "./instant.js";

const typedInto = "input:not([type=hidden], [type=checkbox], [type=radio]), textarea";

export class InstantPage {
  constructor(form, sent, enhance) {
    this.form = form;
    this.enhance = enhance;
    this.rules = new Rules(sent);
    this.touched = new Set();
    this.decided = new Map();
  }

  slot(name) { return this.form.querySelector(`.slot[data-field="${CSS.escape(name)}"]`); }

  // Work the rules out and show what follows; returns whether the server has to be asked as well.
  follow() {
    const { made, isOpen } = this.rules.workOut(this.form, (name) => this.slot(name)?.hidden === false);
    const said = [];
    for (const [name, known] of made) {
      const slot = this.slot(name);
      this.decided.set(name, known.asked);
      if (!slot) continue;
      if (known.asked !== undefined && known.asked === slot.hidden) this.turn(slot, known.asked, said);
      this.mark(slot, name, known, said);
    }
    for (const section of this.form.querySelectorAll("[data-section]")) this.head(section);
    if (said.length) announce(said.join(". "));
    return isOpen;
  }

  turn(slot, isAsked, said) {
    if (!isAsked && slot.contains(document.activeElement)) return;
    const waiting = slot.querySelector(":scope > template[data-ahead]");
    if (isAsked && waiting) {
      slot.dataset.stamp = waiting.dataset.ahead;
      slot.replaceChildren(waiting.content.cloneNode(true));
      this.enhance(slot);
    }
    if (isAsked && !slot.firstElementChild) return; // only the server can draw it
    slot.hidden = !isAsked;
    slot.classList.toggle("appeared", isAsked);
    said.push(`${isAsked ? "Now also asked" : "No longer asked"}: ${slot.dataset.label}`);
  }

  mark(slot, name, known, said) {
    const input = slot.querySelector(`#${CSS.escape(`q-${name}`)}`);
    if (known.required !== undefined) {
      slot.querySelector(".opt")?.toggleAttribute("hidden", known.required);
      if (input) known.required ? input.setAttribute("aria-required", "true") : input.removeAttribute("aria-required");
    }
    if (known.readonly !== undefined && input?.matches(typedInto)) input.readOnly = known.readonly;
    const shown = known.shown !== undefined && slot.querySelector("output.worked bdi");
    if (shown && shown.textContent !== (known.shown || "–")) shown.textContent = known.shown || "–";
    if (known.wrong !== undefined) this.say(slot, input, name, this.touched.has(name) ? known.wrong : "", said);
  }

  // A message of the server stays until the form is handed in again; ours comes and goes.
  say(slot, input, name, text, said) {
    const id = `q-${name}-now`, field = slot.querySelector(".field"), present = field?.querySelector("[data-now]");
    if (!field || (present?.textContent ?? "") === text || field.querySelector(".error:not([data-now])")) return;
    const described = (input?.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
    present?.remove();
    if (text) {
      const label = field.querySelector(":scope > label, :scope > legend"), made = element("div", { class: "error", id, "data-now": "" }, text);
      if (label) label.after(made); else field.prepend(made);
      described.unshift(id);
      said.push(text);
    }
    if (!input) return;
    text ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
    described.length ? input.setAttribute("aria-describedby", described.join(" ")) : input.removeAttribute("aria-describedby");
  }

  head(section) {
    const isAsked = section.querySelector(".slot:not([hidden])") !== null;
    for (const part of section.querySelectorAll(":scope > legend, :scope > .section-help")) part.hidden = !isAsked || !part.textContent;
  }

  // The server has answered: where it sees a question differently, it keeps that one.
  heard(name, isAsked) {
    if ((this.decided.get(name) ?? isAsked) !== isAsked) this.rules.leave(name);
  }

  // Messages again, in questions the server has drawn anew.
  remind() {
    const { made } = this.rules.workOut(this.form, (name) => this.slot(name)?.hidden === false);
    for (const [name, known] of made) {
      const slot = this.slot(name);
      if (slot && !slot.hidden) this.mark(slot, name, { wrong: known.wrong }, []);
    }
  }
}
