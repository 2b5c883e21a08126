// What a page works out by itself: rules the server sent, on answers it reads as the server will. The server's word counts:
// a question on which the two differ is left to the server from then on.
import { VERSION } from "./expressions-tables.js";
import { evaluate } from "./expressions.js";
import { Failure, Thing, Undecided, dayWritten, numeral, settled, toText, trimmed } from "./expressions-values.js";

const NONE = { boolean: false, choices: [] };
const LONGEST_ID = 200;
const isId = (text) => text.length > 0 && text.length <= LONGEST_ID && !text.includes("\0");

function numberTyped(text) {
  if (/^[+-]?\d{1,3}(,\d{3})+$/.test(text)) return null; // may mean two things
  if (/^[\x20-\x7e]*$/.test(text) && !/\d/.test(text)) return null;
  if (!/^[+-]?\d+([.,]\d+)?$/.test(text) || text.length > 15) throw new Undecided();
  return numeral(text.replace("+", "").replace(",", "."));
}
function emailTyped(text) {
  const at = text.lastIndexOf("@");
  return at < 0 ? settled(text).toLowerCase() : text.slice(0, at + 1) + settled(text.slice(at + 1)).toLowerCase();
}
// Ticks come in the order of the page; those nobody touched stand in the order of their default.
function several(texts, remembered) {
  const chosen = texts.filter(isId), before = remembered?.split("\n") ?? [];
  return chosen.length && [...chosen].sort().join("\n") === [...before].sort().join("\n") ? before : chosen;
}

// Read one answer as the server will read it.
function answerOf(name, { type, multiple }, sent) {
  const plain = (text) => text.replace(/\r\n?/g, "\n");
  if (type === "boolean") return sent.getAll(`flag.${name}`).includes("true");
  const remembered = sent.has(`default.${name}`) ? plain(sent.get(`default.${name}`)) : null;
  if (type === "choices") return several(sent.getAll(`list.${name}`), remembered);
  if (multiple) return sent.getAll(`list.${name}`).filter(isId).map((id) => new Thing(id));
  const raw = plain(sent.get(`answer.${name}`) ?? ""), text = raw === remembered ? raw : trimmed(raw);
  if (text === "" || text.includes("\0")) return null;
  if (type === "number") return numberTyped(text);
  if (type === "date") return dayWritten(text);
  if (type === "choice") return isId(text) ? text : null;
  if (type === "text" || type === "multiline") return text;
  return type === "email" ? emailTyped(text) : isId(text) ? new Thing(text) : null;
}

export class Rules {
  constructor(sent) {
    this.today = sent.today;
    this.fields = new Map(sent.version === VERSION ? sent.fields : []);
    this.left = new Set();
  }

  // Work out everything: for each question what is known of it (asked, required, readonly, shown, wrong), and whether the
  // server has to be asked. `isShown` says whether a question stands in the page now.
  workOut(form, isShown) {
    const sent = new FormData(form), names = new Map(), made = new Map();
    let isOpen = this.left.size > 0;
    const attempt = (work) => {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof Failure) && !(error instanceof Undecided)) throw error;
        isOpen = true;
        return undefined;
      }
    };
    const holds = (node, more = names) => attempt(() => evaluate(node, more, this.today) === true);
    for (const [name, rules] of this.fields) {
      const known = { asked: this.left.has(name) ? undefined : rules.when && holds(rules.when) };
      made.set(name, known);
      const isAsked = rules.when ? known.asked : isShown(name);
      if (isAsked === undefined) continue;
      if (!isAsked && rules.type !== "computed") { names.set(name, NONE[rules.type] ?? (rules.multiple ? [] : null)); continue; }
      const value = attempt(() => (!isAsked ? null : rules.value ? this.filled(rules.value, names) : answerOf(name, rules, sent)));
      if (value !== undefined) names.set(name, value);
      if (rules.value && value !== undefined) known.shown = attempt(() => toText(value));
      if (rules.required) known.required = holds(rules.required);
      if (rules.readonly) known.readonly = holds(rules.readonly);
      if (rules.validate && value !== undefined) known.wrong = attempt(() => this.wrong(rules.validate, value, names)) ?? "";
    }
    return { made, isOpen };
  }

  // A text with expressions in it; a single expression passes its value as it is.
  filled(parts, names) {
    const values = parts.map((part) => (typeof part === "string" ? part : evaluate(part, names, this.today)));
    return parts.length === 1 ? values[0] : values.map(toText).join("");
  }

  wrong(checks, value, names) {
    if (value === null || (Array.isArray(value) && !value.length)) return "";
    const inner = new Map(names).set("value", value);
    const broken = checks.find(([rule]) => evaluate(rule, inner, this.today) !== true);
    return broken ? toText(this.filled(broken[1], inner)) : "";
  }

  // The server sees it differently: it knows better, now and for this question from now on.
  leave(name) {
    if (this.fields.has(name)) this.left.add(name);
  }
}
