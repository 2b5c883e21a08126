"""The functions of the language as one table: what they take, what they give, what they mean.

The checker, the evaluator and the language reference are made from it.  The table is closed: a new function means a new
version of the language.  Implementations get values that are not null where `Function.nulls` is not ``kept``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal as Choices
from typing import TypeAlias

from forms.expressions import implementations as made
from forms.expressions.environment import Environment
from forms.expressions.kinds import common, item_of
from forms.values import ANY, BOOL, DATE, DATETIME, NUMBER, TEXT, Type, Value, list_of

Implementation: TypeAlias = Callable[[Environment, Sequence[Value]], Value]
Result: TypeAlias = Callable[[Sequence[Type]], Type | None]
OnNull: TypeAlias = Choices["null", "false", "kept"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument. ``accepts`` are names of types (``any`` takes all); ``item`` is the same for a list's elements."""

    name: str
    accepts: tuple[str, ...]
    optional: bool = False
    item: str = "any"


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    ``result`` gives the type of the result from those of the arguments, None when the arguments are too unlike.
    ``nulls`` says what a null argument does: the result is null, or false, or the function deals with it.  ``repeats``
    allows the last parameter many times.  ``choose`` returns, from the value of the first argument, which argument is
    the result, so that only that one is worked out.
    """

    name: str
    parameters: tuple[Parameter, ...]
    gives: str
    result: Result
    nulls: OnNull
    meaning: str
    example: str
    implementation: Implementation | None = None
    choose: Callable[[Value], int] | None = None
    repeats: bool = False

    @property
    def signature(self) -> str:
        """How it is called: ``replace(text, old, new)``, optional ones in square brackets."""
        names = [f"[{each.name}]" if each.optional else each.name for each in self.parameters]
        return f"{self.name}({', '.join([*names, '…'] if self.repeats else names)})"

    @property
    def least(self) -> int:
        """Fewest arguments."""
        return sum(not parameter.optional for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """Most arguments, None without limit."""
        return None if self.repeats else len(self.parameters)

    def takes(self, count: int) -> bool:
        """Say whether it may be called with so many arguments."""
        return count >= self.least and (self.most is None or count <= self.most)


def _always(type_: Type) -> Result:
    return lambda _types: type_


def _first_of(types: Sequence[Type]) -> Type:
    if types[0].name != "list":
        return TEXT if types[0].name in ("text", "choice") else ANY
    return item_of(types[0]) if len(types) == 1 else list_of(item_of(types[0]))


def _smallest_of(types: Sequence[Type]) -> Type | None:
    return common([item_of(type_) if type_.name == "list" else type_ for type_ in types])


def _branches_of(types: Sequence[Type]) -> Type | None:
    return common(types[1:])


_TEXT = Parameter("text", ("text",))
_PART = Parameter("part", ("text",))
_MANY = Parameter("n", ("number",), optional=True)
_LIST = Parameter("list", ("list",))
_YES_NO = Parameter("list", ("list",), item="bool")
_ANY = Parameter("value", ("any",))
_ORDERED = Parameter("value", ("number", "date", "datetime", "duration", "text", "list"))
_MEMBER = Parameter("who", ("user", "group", "computer", "contact"))
_PLACED = Parameter("what", ("user", "group", "ou", "computer", "contact"))


def _text(name: str, meaning: str, example: str, call: Implementation, *more: Parameter) -> Function:
    return Function(name, (_TEXT, *more), "text", _always(TEXT), "null", meaning, example, call)


def _yes_no(name: str, parameters: tuple[Parameter, ...], meaning: str, example: str, call: Implementation) -> Function:
    return Function(name, parameters, "yes/no", _always(BOOL), "false", meaning, example, call)


_TABLE = (
    _text("lower", "Small letters.", 'lower("Zoë")', made.lower),
    _text("upper", "Capital letters.", 'upper("Zoë")', made.upper),
    _text("title", "A capital at the start of each word.", 'title("zoë o\'reilly")', made.title),
    _text("trim", "Without blanks around.", 'trim("  Zoë ")', made.trim),
    _text("squeeze", "Single spaces between words, none around.", 'squeeze("Zoë   Smit ")', made.squeeze),
    _text(
        "ascii",
        "Latin letters without marks; what has none is left out. With \"de\", ä becomes ae.",
        'ascii("Zoë Łukasz")',
        made.to_ascii,
        Parameter("language", ("text",), optional=True),
    ),
    _text("letters", "Only the letters.", 'letters("O\'Reilly 2")', made.letters),
    _text("alnum", "Only letters and digits.", 'alnum("A-12 b")', made.alnum),
    _text("digits", "Only the digits 0 to 9.", 'digits("+31 6 1234")', made.digits),
    _text("slug", "A name for addresses: small ASCII letters, digits and hyphens.", 'slug("Zoë & Co.")', made.slug),
    Function(
        "first", (Parameter("value", ("text", "list")), _MANY), "text, element or list", _first_of, "null",
        "The first character, or the first n; of a list the first element, or a list of the first n.",
        'first("Zoë")', made.first,
    ),
    Function(
        "last", (Parameter("value", ("text", "list")), _MANY), "text, element or list", _first_of, "null",
        "The last character, or the last n; of a list the last element, or a list of the last n.",
        'last("555-0142", 4)', made.last,
    ),
    _text(
        "replace", "Every occurrence of a part replaced by another text.", 'replace("a b", " ", ".")', made.replace,
        Parameter("old", ("text",)), Parameter("new", ("text",)),
    ),
    _yes_no("starts_with", (_TEXT, _PART), "Whether a text starts so.", 'starts_with("svc-print", "svc-")',
            made.starts_with),
    _yes_no("ends_with", (_TEXT, _PART), "Whether a text ends so.", 'ends_with("a@example.org", "@example.org")',
            made.ends_with),
    Function("length", (Parameter("value", ("text", "list")),), "number", _always(NUMBER), "null",
             "How many characters a text has, or how many elements a list.", 'length("Zoë")', made.length),
    Function(
        "join", (_LIST, Parameter("between", ("text",), optional=True)), "text", _always(TEXT), "null",
        "The elements as one text; empty ones are left out. Without a second text they are separated by a comma.",
        'join(["Zoë", null, "Smit"], " ")', made.join,
    ),
    _yes_no("any", (_YES_NO,), "Whether at least one element is yes.", "any([false, true])", made.any_of),
    _yes_no("all", (_YES_NO,), "Whether every element is yes; no for a list without elements.", "all([true, true])",
            made.all_of),
    Function("count", (_LIST,), "number", _always(NUMBER), "kept",
             "How many elements of a list are not empty; 0 without a list.", 'count(["a", "b"])', made.count),
    Function("default", (_ANY, Parameter("otherwise", ("any",))), "as its arguments", common, "kept",
             "The value, or the other one when it is empty.", 'default(null, "none")', choose=made.choose_default),
    Function(
        "if", (Parameter("condition", ("bool",)), Parameter("then", ("any",)), Parameter("otherwise", ("any",))),
        "as its arguments", _branches_of, "kept", "One of two values.", 'if(1 < 2, "yes", "no")',
        choose=made.choose_if,
    ),
    Function("answered", (_ANY,), "yes/no", _always(BOOL), "kept",
             "Whether there is a value: not null, not blank, not without elements.", 'answered("x")', made.answered),
    Function("empty", (_ANY,), "yes/no", _always(BOOL), "kept", "The opposite of answered.", "empty(null)", made.empty),
    Function("today", (), "date", _always(DATE), "kept", "Today, in the organisation's time zone.", "today()",
             made.today),
    Function("now", (), "date and time", _always(DATETIME), "kept", "This moment.", "now()", made.now),
    Function("min", (_ORDERED,), "as its arguments", _smallest_of, "kept",
             "The smallest of several values or of a list; empty ones do not count.", "min(3, 5)", made.smallest,
             repeats=True),
    Function("max", (_ORDERED,), "as its arguments", _smallest_of, "kept",
             "The largest of several values or of a list; empty ones do not count.", "max(3, 5)", made.largest,
             repeats=True),
    Function("round", (Parameter("number", ("number",)), Parameter("decimals", ("number",), optional=True)), "number",
             _always(NUMBER), "null", "Rounded, halves away from zero.", "round(2.345, 2)", made.round_number),
    Function("number", (Parameter("value", ("text", "number")),), "number", _always(NUMBER), "null",
             "The number a text shows, null when it shows none.", 'number("12.5")', made.number),
    Function(
        "format", (Parameter("value", ("date", "datetime", "number")), Parameter("pattern", ("text",))), "text",
        _always(TEXT), "null",
        "A date as dd-MM-yyyy HH:mm:ss or d MMM yyyy says, a number as 0.00, 000 or #,##0.00 says.",
        'format(1234.5, "#,##0.00")', made.format_value,
    ),
    _yes_no("in_group", (_MEMBER, Parameter("group", ("group", "text"))),
            "Whether somebody or something is a member of a group, through other groups too.",
            'in_group(target, "GG-Management")', made.in_group),
    _yes_no("under", (_PLACED, Parameter("unit", ("ou", "text"))),
            "Whether something stands in a unit, at any depth.", "under(target, org.leavers_ou)", made.under),
)  # fmt: skip

FUNCTIONS: Mapping[str, Function] = {function.name: function for function in _TABLE}
