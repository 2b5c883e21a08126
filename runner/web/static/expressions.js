// The second evaluator: an expression the server sent (forms/expressions/sending.py), worked out in the page.
// It gives what the server would give, or a Failure with the server's code, or says that only the server can tell.
import { LIMITS, NULLS } from "./expressions-tables.js";
import { FUNCTIONS } from "./expressions-functions.js";
import {
  Day, Failure, Moment, Num, Span, Undecided, areEqual, arithmetic, between, bounded, isBefore, isEmpty, isMoment, lengthOf, negated,
  numeral, shifted, startOfDay, times, toText, whole,
} from "./expressions-values.js";

const matchers = new Map();
const SIMPLE = new Set(["k", "t", "n", "d", "x", "l", "and", "or"]);

// `names` maps answers to values, a missing one only the server knows; `today` counts days since 1970.
export function evaluate(node, names, today, depth = 0) {
  if (depth > LIMITS.depth) throw new Undecided();
  const below = (part) => evaluate(part, names, today, depth + 1);
  const [kind] = node;
  if (SIMPLE.has(kind)) return simple(node, names, below);
  const at = node.at(kind === "b" ? 4 : -1);
  try {
    return operation(node, below, today);
  } catch (error) {
    if (error instanceof Failure) error.at ||= at;
    throw error;
  }
}

function simple([kind, first, second], names, below) {
  switch (kind) {
    case "k": case "t": return first;
    case "n": return numeral(first);
    case "d": return new Span(BigInt(first), BigInt(second));
    case "l": return first.map(below);
    case "x": if (names.has(first)) return names.get(first); throw new Undecided();
    default: return first.some((each) => (below(each) === true) === (kind === "or")) === (kind === "or");
  }
}

function operation(node, below, today) {
  const [kind, first, second, third] = node;
  switch (kind) {
    case "not": return below(first) !== true;
    case "-": return negative(below(first));
    case "c": return bounded(call(first, second, below, today));
    case "m": return isMatch(second, below(first));
    case "b": return binary(first, below(second), below(third), node[5]);
    default: throw new Undecided();
  }
}

function call(name, given, below, today) {
  if (name === "if") return below(given[below(given[0]) === true ? 1 : 2]);
  if (name === "default") return below(given[Number(isEmpty(below(given[0])))]);
  if (!Object.hasOwn(FUNCTIONS, name) || !Object.hasOwn(NULLS, name)) throw new Undecided();
  const values = given.map(below);
  if (NULLS[name] !== "kept" && values.includes(null)) return NULLS[name] === "null" ? null : false;
  return FUNCTIONS[name](values, today);
}

function isMatch(pattern, value) {
  if (value === null) return false;
  const text = toText(value);
  if (!matchers.has(pattern)) matchers.set(pattern, new RegExp(pattern, "u"));
  return lengthOf(text) <= LIMITS.matched && matchers.get(pattern).test(text);
}

function negative(value) {
  if (value === null) return null;
  if (value instanceof Num) return negated(value);
  if (value instanceof Span) return times(value, whole(-1));
  throw new Failure("E214");
}

const known = (compare) => (left, right) => left !== null && right !== null && compare(left, right);
const COMPARISONS = {
  "==": areEqual,
  "!=": (left, right) => !areEqual(left, right),
  "<": known(isBefore),
  "<=": known((left, right) => !isBefore(right, left)),
  ">": known((left, right) => isBefore(right, left)),
  ">=": known((left, right) => !isBefore(left, right)),
  in: known((left, right) => contains(right, left)),
  contains: known((left, right) => contains(left, right)),
};

function contains(all, part) {
  if (typeof all === "string" && typeof part === "string") return all.includes(part);
  if (Array.isArray(all)) return all.some((each) => areEqual(part, each));
  throw new Failure("E214");
}

function binary(operator, left, right, gives) {
  if (Object.hasOwn(COMPARISONS, operator)) return COMPARISONS[operator](left, right);
  if (left === null || right === null) return null;
  const value = bounded(calculated(operator, left, right));
  if (gives === "datetime" && value instanceof Day) return startOfDay(value);
  return gives === "date" && value instanceof Moment ? new Day(value.day) : value;
}

function calculated(operator, left, right) {
  const [isSpan, isOtherSpan] = [left instanceof Span, right instanceof Span];
  if (left instanceof Num && right instanceof Num) return arithmetic(operator, left, right);
  if (operator === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if (operator === "+" && isMoment(left) && isOtherSpan) return shifted(left, right);
  if (operator === "+" && isSpan && isMoment(right)) return shifted(right, left);
  if (operator === "-" && isMoment(left) && isOtherSpan) return shifted(left, times(right, whole(-1)));
  if (operator === "-" && isMoment(left) && isMoment(right)) return between(left, right);
  if (operator === "+" && isSpan && isOtherSpan) return new Span(left.months + right.months, left.seconds + right.seconds);
  if (operator === "-" && isSpan && isOtherSpan) return new Span(left.months - right.months, left.seconds - right.seconds);
  if (operator === "*" && isSpan && right instanceof Num) return times(left, right);
  if (operator === "*" && left instanceof Num && isOtherSpan) return times(right, left);
  throw new Failure("E214");
}
