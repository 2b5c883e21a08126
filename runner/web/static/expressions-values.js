// Values of the form language in the page, the same as on the server: exact numbers, days, moments, spans of time.
// Texts are strings, yes/no booleans, lists arrays, empty is null. A moment is the clock on the organisation's wall.
import { BLANKS, LIMITS, SETTLED, UNSETTLED } from "./expressions-tables.js";

// The expression has no value with these answers; `code` and `at` as the server says them.
export class Failure extends Error {
  constructor(code, at = 0) { super(code); this.code = code; this.at = at; }
}
// Only the server can tell.
export class Undecided extends Error {}

export class Num { constructor(digits, scale = 0) { this.digits = digits; this.scale = scale; } } // digits / 10 ** scale
export class Day { constructor(day) { this.day = day; } } // days since 1970
export class Moment { constructor(day, second) { this.day = day; this.second = second; } }
export class Span { constructor(months, seconds) { this.months = months; this.seconds = seconds; } }
export class Thing { constructor(id) { this.id = id; } } // an object: known to be there, and nothing else

export const DAY_SECONDS = 86400n;
const MOST_NUMBER = 10n ** BigInt(LIMITS.digits), PRECISION = 40, DECIMALS = 12;
const abs = (number) => (number < 0n ? -number : number);
const tens = (power) => 10n ** BigInt(power);

// --- numbers ---
export const whole = (number) => new Num(BigInt(number));
export function numeral(text) {
  const [before, behind = ""] = text.split(".");
  return new Num(BigInt(before + behind), behind.length);
}
const aligned = (one, other) => {
  const scale = Math.max(one.scale, other.scale);
  return [one.digits * tens(scale - one.scale), other.digits * tens(scale - other.scale), scale];
};
export const order = (one, other) => {
  const [left, right] = aligned(one, other);
  return left < right ? -1 : left > right ? 1 : 0;
};
function precise(digits, scale) { // to 40 digits, halves to the even one
  const drop = abs(digits).toString().length - PRECISION;
  if (drop <= 0) return scale < 0 ? new Num(digits * tens(-scale)) : new Num(digits, scale);
  const unit = tens(drop), rest = abs(digits) % unit;
  let kept = abs(digits) / unit;
  if (rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n)) kept += 1n;
  return precise(digits < 0n ? -kept : kept, scale - drop);
}
export function rounded(number, decimals) { // halves away from zero
  if (number.scale <= decimals) return number;
  const unit = tens(number.scale - decimals), size = abs(number.digits);
  const kept = (size * 2n + unit) / (unit * 2n);
  if (kept.toString().length > PRECISION) throw new Failure("E241");
  return new Num(number.digits < 0n ? -kept : kept, decimals);
}
function quotient(one, other) {
  if (other.digits === 0n) throw new Failure("E240");
  const more = Math.max(0, PRECISION + 3 + abs(other.digits).toString().length - abs(one.digits).toString().length);
  const upper = one.digits * tens(more), result = upper / other.digits, scale = more + one.scale - other.scale;
  if (result * other.digits === upper) return precise(result, scale);
  return precise(result * 10n + (one.digits < 0n === other.digits < 0n ? 1n : -1n), scale + 1); // a digit for what is left
}
export const product = (one, other) => precise(one.digits * other.digits, one.scale + other.scale);
export const negated = (number) => precise(-number.digits, number.scale);
export function arithmetic(operator, one, other) {
  const [left, right, scale] = aligned(one, other);
  if (operator === "+") return rounded(precise(left + right, scale), DECIMALS);
  if (operator === "-") return rounded(precise(left - right, scale), DECIMALS);
  return rounded(operator === "*" ? product(one, other) : quotient(one, other), DECIMALS);
}
export const isWhole = (number) => number.digits % tens(number.scale) === 0n;
export const truncated = (number) => number.digits / tens(number.scale);
export function numberText(number) {
  const size = abs(number.digits).toString().padStart(number.scale + 1, "0"), point = size.length - number.scale;
  const behind = size.slice(point).replace(/0+$/, "");
  return (number.digits < 0n ? "-" : "") + size.slice(0, point) + (behind && `.${behind}`);
}

// --- days ---
const DAY_MS = 86400000;
const pad = (number, width = 2) => String(number).padStart(width, "0");
function dayOf(year, month, date) {
  const made = new Date(0);
  made.setUTCFullYear(year, month - 1, date);
  return made.getTime() / DAY_MS;
}
const FIRST = dayOf(1, 1, 1), LAST = dayOf(9999, 12, 31);
export function partsOf(value) {
  const made = new Date(value.day * DAY_MS), second = value.second ?? 0;
  return { year: made.getUTCFullYear(), month: made.getUTCMonth() + 1, date: made.getUTCDate(),
    hour: Math.floor(second / 3600), minute: Math.floor(second / 60) % 60, second: second % 60 };
}
export function dayWritten(text) { // null when there is no such day
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found) return null;
  const [year, month, date] = found.slice(1).map(Number), made = new Day(dayOf(year, month, date));
  const parts = partsOf(made);
  return year >= 1 && parts.year === year && parts.month === month && parts.date === date ? made : null;
}
export const isMoment = (value) => value instanceof Day || value instanceof Moment;
export const startOfDay = (value) => (value instanceof Moment ? value : new Moment(value.day, 0));
const within = (day) => { if (day < BigInt(FIRST) || day > BigInt(LAST)) throw new Failure("E241"); return Number(day); };
const floorDiv = (number, unit) => (number - ((number % unit) + unit) % unit) / unit;

function withMonths(value, months) {
  if (!months) return value;
  const { year, month, date } = partsOf(value);
  const count = BigInt(year * 12 + month - 1) + months, then = floorDiv(count, 12n);
  if (then < 1n || then > 9999n) throw new Failure("E241");
  const [to, at] = [Number(then), Number(count - then * 12n) + 1];
  const days = at === 2 ? (to % 4 === 0 && (to % 100 !== 0 || to % 400 === 0) ? 29 : 28) : [4, 6, 9, 11].includes(at) ? 30 : 31;
  const day = dayOf(to, at, Math.min(date, days));
  return value instanceof Moment ? new Moment(day, value.second) : new Day(day);
}
function withSeconds(moment, seconds) {
  const all = BigInt(moment.second) + seconds, days = floorDiv(all, DAY_SECONDS);
  return new Moment(within(BigInt(moment.day) + days), Number(all - days * DAY_SECONDS));
}
export function shifted(value, span) {
  const moved = withMonths(value, span.months);
  if (moved instanceof Moment) return withSeconds(moved, span.seconds);
  if (span.seconds % DAY_SECONDS === 0n) return new Day(within(BigInt(moved.day) + span.seconds / DAY_SECONDS));
  return withSeconds(startOfDay(moved), span.seconds);
}
export const between = (end, start) => {
  const [to, from] = [startOfDay(end), startOfDay(start)];
  return new Span(0n, BigInt(to.day - from.day) * DAY_SECONDS + BigInt(to.second - from.second));
};
export function times(span, factor) {
  const most = whole(10n ** 9n);
  if (order(factor, most) >= 0 || order(factor, negated(most)) <= 0) throw new Failure("E241");
  const months = product(new Num(span.months), factor), seconds = product(new Num(span.seconds), factor);
  if (!isWhole(months)) throw new Failure("E214");
  return new Span(truncated(months), truncated(rounded(seconds, 0)));
}
export const secondsOf = (span) => span.months * 30n * DAY_SECONDS + span.seconds;

// --- texts ---
const BLANK = new Set(BLANKS);
export const isBlank = (character) => BLANK.has(character);
export function trimmed(text) {
  let start = 0, end = text.length;
  while (start < end && BLANK.has(text[start])) start += 1;
  while (end > start && BLANK.has(text[end - 1])) end -= 1;
  return text.slice(start, end);
}
export const lengthOf = (text) => { let count = 0; for (const _ of text) count += 1; return count; };
const unsettled = new Set(UNSETTLED);
// Browsers and servers know different editions of Unicode: where a letter of one may be none of the other, nobody guesses.
export function settled(text) {
  for (const character of text) {
    const code = character.codePointAt(0);
    if (code < 0x80) continue;
    if (unsettled.has(code) || !SETTLED.some(([low, high]) => low <= code && code <= high)) throw new Undecided();
  }
  return text;
}
export function isTextBefore(one, other) { // by code points
  const length = Math.min(one.length, other.length), key = (unit) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (left !== right) return key(left) < key(right);
  }
  return one.length < other.length;
}
export function toText(value) {
  const text = written(value);
  if (text.length > LIMITS.text && lengthOf(text) > LIMITS.text) throw new Failure("E241");
  return text;
}
export const dateText = (value) => { const { year, month, date } = partsOf(value); return `${pad(year, 4)}-${pad(month)}-${pad(date)}`; };
function written(value) {
  if (typeof value === "string") return value;
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value instanceof Num) return numberText(value);
  if (value instanceof Day) return dateText(value);
  if (value instanceof Moment) return momentText(value);
  if (value instanceof Span) return spanText(value);
  if (Array.isArray(value)) return value.map(written).filter(Boolean).join(", ");
  throw new Undecided();
}
function momentText(moment) {
  const { year, hour, minute } = partsOf(moment);
  if (year < 1000) throw new Undecided();
  return `${dateText(moment)} ${pad(hour)}:${pad(minute)}`;
}
function spanText(span) {
  const parts = span.months ? [`${span.months}mo`] : [];
  const [size, unit] = [[DAY_SECONDS, "d"], [3600n, "h"], [60n, "min"], [1n, "s"]].find(([each]) => span.seconds % each === 0n);
  if (span.seconds) parts.push(`${span.seconds / size}${unit}`);
  return parts.join(" ") || "0d";
}

// --- bounds and comparisons ---
export function bounded(value) {
  const isTooLarge = (number) => number >= MOST_NUMBER || number <= -MOST_NUMBER;
  if (typeof value === "string" ? value.length > LIMITS.text && lengthOf(value) > LIMITS.text
    : Array.isArray(value) ? value.length > LIMITS.items
    : value instanceof Num ? order(value, new Num(MOST_NUMBER)) >= 0 || order(value, new Num(-MOST_NUMBER)) <= 0
    : value instanceof Span ? isTooLarge(value.months) || isTooLarge(value.seconds) : false) throw new Failure("E241");
  return value;
}
export function isEmpty(value) {
  if (value === null) return true;
  if (typeof value === "string") return trimmed(value) === "";
  return Array.isArray(value) && value.length === 0;
}
export function areEqual(left, right) {
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return left === right;
  if (left instanceof Thing || right instanceof Thing) throw new Undecided();
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && left.length === right.length && left.every((each, at) => areEqual(each, right[at]));
  }
  if (left.constructor !== right.constructor) return false;
  if (left instanceof Num) return order(left, right) === 0;
  if (left instanceof Span) return secondsOf(left) === secondsOf(right);
  return left.day === right.day && left.second === right.second;
}
export function isBefore(left, right) {
  if (left instanceof Num && right instanceof Num) return order(left, right) < 0;
  if (typeof left === "string" && typeof right === "string") return isTextBefore(left, right);
  if (left instanceof Span && right instanceof Span) return secondsOf(left) < secondsOf(right);
  if (!isMoment(left) || !isMoment(right)) throw new Failure("E214");
  const [one, other] = [startOfDay(left), startOfDay(right)];
  return one.day < other.day || (one.day === other.day && one.second < other.second);
}
