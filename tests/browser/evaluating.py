"""Work expressions out in a page, in batches, with the modules the desk serves and as strict a policy."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from playwright.sync_api import Browser, Page, Route

from forms.errors import ExpressionError
from forms.expressions import Environment, Expression, evaluate
from forms.values import ANY, Choice, Duration
from runner.web.assets import build_assets

ADDRESS = "http://desk.test"
_POLICY = "default-src 'none'; script-src 'self'"
_EVALUATE = """
async ([evaluator, values, today, given]) => {
  const { evaluate } = await import(evaluator);
  const { Day, Failure, Moment, Num, Span, Undecided, dateText, numberText, numeral, partsOf } = await import(values);
  const read = (given) => {
    if (given === null || typeof given !== "object") return given;
    if (Array.isArray(given)) return given.map(read);
    if ("number" in given) return numeral(given.number);
    if ("moment" in given) return new Moment(...given.moment);
    return "date" in given ? new Day(given.date) : new Span(...given.duration.map(BigInt));
  };
  const pad = (number) => String(number).padStart(2, "0");
  const written = (value) => {
    if (Array.isArray(value)) return value.map(written);
    if (value instanceof Num) return { number: numberText(value) };
    if (value instanceof Day) return { date: dateText(value) };
    if (value instanceof Span) return { duration: [String(value.months), String(value.seconds)] };
    if (!(value instanceof Moment)) return value;
    const { hour, minute, second } = partsOf(value);
    return { moment: `${dateText(value)}T${pad(hour)}:${pad(minute)}:${pad(second)}` };
  };
  const made = JSON.parse(given).map(([node, names]) => {
    try {
      const known = new Map(Object.entries(names).map(([name, value]) => [name, read(value)]));
      return { gives: written(evaluate(node, known, today)) };
    } catch (error) {
      if (error instanceof Failure) return { error: error.code, at: error.at };
      if (error instanceof Undecided) return { undecided: true };
      throw error;
    }
  });
  return JSON.stringify(made);
}
"""


class PageEvaluator:
    """A page of its own that works expressions out."""

    def __init__(self, browser: Browser, today: date) -> None:
        self._assets = build_assets()
        self._today = _days(today)
        self.page: Page = browser.new_page()
        self.page.route("**/*", self._serve)
        self.page.goto(f"{ADDRESS}/")

    def _serve(self, route: Route) -> None:
        served = self._assets.served(route.request.url.rpartition("/")[2])
        headers = {"Content-Security-Policy": _POLICY}
        if served is None:
            route.fulfill(body="<!doctype html><title>evaluator</title>", content_type="text/html", headers=headers)
        else:
            route.fulfill(body=served.content, content_type=served.type, headers=headers)

    def work_out(self, cases: Sequence[tuple[object, Mapping[str, object]]]) -> list[Any]:
        """Work out what `sent_expression` wrote, each with the values of its names as `in_page` writes them."""
        given = [self._assets.address("expressions.js"), self._assets.address("expressions-values.js"), self._today]
        made: list[Any] = json.loads(self.page.evaluate(_EVALUATE, [*given, json.dumps(cases)]))
        return made


def in_page(value: object) -> object:
    """Write a value for the page."""
    match value:
        case bool() | None | str():
            return value
        case int() | Decimal():
            return {"number": f"{value:f}" if isinstance(value, Decimal) else str(value)}
        case datetime():
            return {"moment": [_days(value.date()), value.hour * 3600 + value.minute * 60 + value.second]}
        case date():
            return {"date": _days(value)}
        case Duration(months, seconds):
            return {"duration": [str(months), str(seconds)]}
        case Choice(text):
            return text
        case tuple():
            return [in_page(each) for each in value]
    raise TypeError(type(value))


def _days(day: date) -> int:
    return day.toordinal() - date(1970, 1, 1).toordinal()


def on_server(expression: Expression, environment: Environment) -> dict[str, Any]:
    """Work an expression out here, and write what comes of it as the page does."""
    try:
        return {"gives": _as_written(evaluate(expression, environment))}
    except ExpressionError as error:
        return {"error": error.code, "at": error.offset}


def tree(node: Any) -> Expression:
    """Return an expression that nobody checked."""
    return Expression("", node, ANY)


def _as_written(value: object) -> object:
    match value:
        case bool() | None | str():
            return value
        case int() | Decimal():
            text = f"{Decimal(value):f}"
            text = text.rstrip("0").rstrip(".") if "." in text else text
            return {"number": text}
        case datetime():
            return {"moment": value.replace(tzinfo=None).isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Duration(months, seconds):
            return {"duration": [str(months), str(seconds)]}
        case Choice(text):
            return text
        case tuple():
            return [_as_written(each) for each in value]
    raise TypeError(type(value))
