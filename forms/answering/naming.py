"""Names that must be unique: which is free, and whether a typed one is. Pure; whether a text is taken is a fact."""

from collections.abc import Iterator

from forms.answering.situation import Situation, given
from forms.definition import Field, Unique
from forms.expressions import Environment, to_text
from forms.facts import TakenCall
from forms.values import Value


def free_name(situation: Situation, field: Field, value: Value, environment: Environment) -> Value:
    """Return the value itself, or for ``when_taken: number`` the first of its variants that is free.

    When all are taken, the last one is returned, and `is_free` says no.
    """
    rule = field.unique
    if rule is None or not isinstance(value, str) or not value:
        return value
    text = _cut(value, rule, "")
    if rule.when_taken == "refuse":
        return text
    for candidate in _candidates(text, rule, environment):
        text = candidate
        if is_free(situation, rule, candidate, environment):
            break
    return text


def _candidates(text: str, rule: Unique, environment: Environment) -> Iterator[str]:
    yield text
    for alternative in rule.alternatives:
        other = to_text(given(alternative, environment), environment)
        if other:
            yield _cut(other, rule, "")
    for number in range(rule.start, rule.max + 1):
        yield _cut(text, rule, str(number)) + str(number)


def _cut(text: str, rule: Unique, suffix: str) -> str:
    return text if rule.max_length is None else text[: rule.max_length - len(suffix)]


def is_free(situation: Situation, rule: Unique, value: str, environment: Environment) -> bool:
    """Say whether a text is used nowhere the rule looks, ignoring case, and is not reserved."""
    names = {**environment.names, "value": value}
    inner = Environment(names, environment.facts, environment.now)
    compared = value if rule.compare is None else to_text(given(rule.compare, inner), inner)
    if compared.casefold() in {name.casefold() for name in situation.catalogue.settings.reserved_logins}:
        return False
    return not any(situation.facts.is_taken(TakenCall(place, compared)) for place in rule.places)
