// What the functions of the form language do, as on the server. Each takes its arguments, already worked out.
import { GERMAN, LATIN, LIMITS, TITLES } from "./expressions-tables.js";
import {
  Day, Failure, Num, bounded, isBefore, isBlank, isEmpty, isMoment, isWhole, lengthOf, numberText,
  numeral, partsOf, rounded, settled, startOfDay, toText, trimmed, truncated, whole,
} from "./expressions-values.js";

function number(value) {
  if (!(value instanceof Num)) throw new Failure("E214");
  return bounded(value);
}
function wholeTo(value, most) {
  const found = number(value), size = truncated(found);
  if (!isWhole(found) || size < 0n || size > BigInt(most)) throw new Failure("E213");
  return Number(size);
}
function list(value) {
  if (!Array.isArray(value)) throw new Failure("E214");
  return value;
}
const sequence = (value) => (typeof value === "string" ? [...value] : list(value));
const like = (value, items) => (typeof value === "string" ? items.join("") : items);
const flat = (values) => values.flatMap((each) => (Array.isArray(each) ? each : [each])).filter((each) => each !== null);
const foremost = (values, isBetter) => flat(values).reduce((best, each) => (best === null || isBetter(each, best) ? each : best), null);

// --- texts ---
const translated = (text, table) => [...text].map((each) => table[each] ?? each).join("");
function ascii(text, language = "") {
  const composed = settled(text).normalize("NFC");
  const spelt = settled(language).toLowerCase() === "de" ? translated(composed, GERMAN) : composed;
  return translated(spelt, LATIN).normalize("NFKD").replace(/[^\0-\x7f]+/g, "");
}
const WORD = /(?:[\p{L}\p{N}](?<!\p{Nd}))+/gu;
const title = (text) => settled(text).replace(WORD, (word, at) => {
  const [first, ...rest] = word;
  if (!rest.length && at > 0 && "'’".includes(text[at - 1])) return word.toLowerCase();
  return (TITLES[first] ?? first.toUpperCase()) + rest.join("").toLowerCase();
});
function replaced(text, old, made) {
  if (!old) return text;
  const pieces = text.split(old);
  if (lengthOf(text) + (pieces.length - 1) * (lengthOf(made) - lengthOf(old)) > LIMITS.text) throw new Failure("E241");
  return pieces.join(made);
}
function joined(values) {
  const between = values.length > 1 ? toText(values[1]) : ", ", parts = list(values[0]).map(toText).filter(Boolean);
  if (parts.reduce((sum, each) => sum + lengthOf(each), 0) + parts.length * lengthOf(between) > LIMITS.text) throw new Failure("E241");
  return parts.join(between);
}
function squeezed(text) {
  return [...text].map((each) => (isBlank(each) ? " " : each)).join("").split(" ").filter(Boolean).join(" ");
}
function numberRead(value) {
  if (value instanceof Num || typeof value === "boolean") return number(value);
  const text = trimmed(toText(value));
  return /^-?[0-9]{1,18}(?:\.[0-9]{1,12})?$/.test(text) ? numeral(text) : null;
}

// --- format ---
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MOMENT_PARTS = {
  yyyy: ({ year }) => String(year).padStart(4, "0"), yy: ({ year }) => String(year % 100).padStart(2, "0"),
  MMM: ({ month }) => MONTHS[month - 1], MM: ({ month }) => String(month).padStart(2, "0"), M: ({ month }) => String(month), dd: ({ date }) => String(date).padStart(2, "0"),
  d: ({ date }) => String(date), HH: ({ hour }) => String(hour).padStart(2, "0"), mm: ({ minute }) => String(minute).padStart(2, "0"),
  ss: ({ second }) => String(second).padStart(2, "0"),
};
const isLetter = (character) => (/^[A-Za-z]/.test(character) ? true : /^\p{L}/u.test(settled(character)));
function momentFormatted(value, pattern) {
  const parts = pattern.match(/([A-Za-z])\1*|[^A-Za-z]/gsu) ?? [];
  const isStrange = (part) => isLetter(part) && !Object.hasOwn(MOMENT_PARTS, part);
  if (lengthOf(pattern) > 40 || !parts.length || parts.some(isStrange)) throw new Failure("E213");
  const moment = partsOf(startOfDay(value));
  return parts.map((part) => (Object.hasOwn(MOMENT_PARTS, part) ? MOMENT_PARTS[part](moment) : part)).join("");
}
function numberFormatted(value, pattern) {
  const found = /^(#,##)?(0{1,15})(?:\.(0{1,10}))?$/.exec(pattern);
  if (!found) throw new Failure("E213");
  const behind = found[3]?.length ?? 0, written = rounded(number(value), behind);
  const sign = written.digits < 0n ? "-" : "", [before, rest = ""] = numberText(written).replace("-", "").split(".");
  const digits = behind ? `.${rest.padEnd(behind, "0")}` : "";
  if (found[1]) return sign + before.replace(/\B(?=(\d{3})+$)/g, ",") + digits;
  return sign + before.padStart(found[2].length - sign.length, "0") + digits;
}

// --- the table; `today` is the server's ---
const text = (change) => (values) => change(...values.map(toText));
export const FUNCTIONS = {
  lower: text((one) => settled(one).toLowerCase()),
  upper: text((one) => settled(one).toUpperCase()),
  title: text(title),
  trim: text(trimmed),
  squeeze: text(squeezed),
  ascii: text(ascii),
  letters: text((one) => settled(one).replace(/[^\p{L}]+/gu, "")),
  alnum: text((one) => settled(one).replace(/[^\p{L}\p{N}]+/gu, "")),
  digits: text((one) => one.replace(/[^0-9]+/g, "")),
  slug: text((one) => ascii(one).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "")),
  starts_with: text((one, part) => one.startsWith(part)),
  ends_with: text((one, part) => one.endsWith(part)),
  replace: text(replaced),
  join: joined,
  first: ([value, many]) => {
    const items = sequence(value);
    if (many !== undefined) return like(value, items.slice(0, wholeTo(many, LIMITS.items)));
    return typeof value === "string" ? items.slice(0, 1).join("") : items[0] ?? null;
  },
  last: ([value, many]) => {
    const items = sequence(value);
    if (many !== undefined) return like(value, items.slice(Math.max(0, items.length - wholeTo(many, LIMITS.items))));
    return typeof value === "string" ? items.slice(-1).join("") : items.at(-1) ?? null;
  },
  length: ([value]) => whole(typeof value === "string" ? lengthOf(value) : list(value).length),
  count: ([value]) => whole(value === null ? 0 : list(value).filter((each) => !isEmpty(each)).length),
  any: ([value]) => list(value).some((each) => each === true),
  all: ([value]) => list(value).length > 0 && value.every((each) => each === true),
  answered: ([value]) => !isEmpty(value),
  empty: ([value]) => isEmpty(value),
  today: (_values, today) => new Day(today),
  min: (values) => foremost(values, isBefore),
  max: (values) => foremost(values, (each, best) => isBefore(best, each)),
  round: ([value, decimals]) => { const digits = decimals === undefined ? 0 : wholeTo(decimals, 10); return rounded(number(value), digits); },
  number: ([value]) => numberRead(value),
  format: ([value, pattern]) => (isMoment(value) ? momentFormatted(value, toText(pattern)) : numberFormatted(value, toText(pattern))),
};
