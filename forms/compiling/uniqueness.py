"""Compile how an answer is kept unique. Pure."""

from typing import Any, cast

from connectors.verbs import ATTRIBUTES
from forms.compiling.values import Values
from forms.definition import Unique
from forms.documents import ScalarNode
from forms.expressions import Scope
from forms.problems import did_you_mean
from forms.records import Record
from forms.values import TEXT, Type


def compile_unique(values: Values, record: Record, type_: Type, scope: Scope) -> Unique | None:
    """Compile ``unique`` of a field; None when it has none. ``type_`` is the type of the answer."""
    unique = record.record("unique")
    if unique is None:
        return None
    inner = Scope({**scope.names, "value": TEXT if type_.name == "any" else type_})
    for word in unique.all_words("in"):
        _check_place(values, word.node, str(word.value))
    return Unique(
        places=unique.strings("in"),
        compare=values.given(unique.value("compare"), TEXT, inner, "compare"),
        max_length=unique.integer("max_length"),
        when_taken=cast("Any", unique.string("when_taken") or "refuse"),
        start=_or(unique.integer("start"), 2),
        max=_or(unique.integer("max"), 99),
        alternatives=tuple(values.given(node, TEXT, inner, "try") for node in unique.nodes("try")),
    )


def _or(number: int | None, default: int) -> int:
    return default if number is None else number


def _check_place(values: Values, node: ScalarNode, place: str) -> None:
    """Check ``directory.user.login``, or ``mailbox.address`` where system and kind have the same name."""
    parts = place.split(".")
    kind, attribute = (parts[-2], parts[-1]) if len(parts) in (2, 3) else ("", "")
    if kind not in ATTRIBUTES or (len(parts) == 2 and kind != "mailbox"):
        fix = "Write for example  directory.user.login  or  mailbox.address ."
        values.report.error("E126", node, f'"{place}" is not an attribute of a connector', fix)
    elif attribute not in ATTRIBUTES[kind]:
        fix = did_you_mean(attribute, ATTRIBUTES[kind])
        values.report.error("E126", node, f'a {kind} has no attribute "{attribute}"', fix)
