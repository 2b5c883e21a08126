"""Names that must be unique: which is free, and whether a typed one is. Pure; whether a text is taken is a fact."""

from collections.abc import Iterator
from itertools import islice

from forms.answering.situation import Situation, given
from forms.definition import Field, Unique
from forms.expressions import Environment, to_text
from forms.facts import MissingFacts, TakenCall
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
    tried: list[str] = []
    candidates = _candidates(text, rule, environment)
    for candidate in candidates:
        text = candidate
        try:
            if is_free(situation, rule, candidate, environment):
                break
        except MissingFacts as missing:
            ahead = (candidate, *islice(candidates, max(len(tried) - 1, 0)))
            calls = (call for one in ahead for call in _calls(rule, one, environment))
            unknown = frozenset(call for call in calls if call not in situation.facts.taken)
            raise MissingFacts(taken=missing.taken | unknown) from None
        tried.append(candidate)
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
    """Say whether a text is used nowhere the rule looks nor by a row before this one, ignoring case, and not reserved."""
    calls = _calls(rule, value, environment)
    reserved = {name.casefold() for name in situation.catalogue.settings.reserved_logins}
    if any(call.text.casefold() in reserved or _folded(call) in situation.claimed for call in calls):
        return False
    return not any(situation.facts.is_taken(call) for call in calls)


def claims(field: Field, value: Value, environment: Environment) -> frozenset[TakenCall]:
    """Return what an answer keeps others from using, casefolded; nothing where it need not be unique."""
    if field.unique is None or not isinstance(value, str) or not value:
        return frozenset()
    return frozenset(_folded(call) for call in _calls(field.unique, value, environment))


def _calls(rule: Unique, value: str, environment: Environment) -> tuple[TakenCall, ...]:
    inner = Environment({**environment.names, "value": value}, environment.facts, environment.now)
    compared = value if rule.compare is None else to_text(given(rule.compare, inner), inner)
    return tuple(TakenCall(place, compared) for place in rule.places)


def _folded(call: TakenCall) -> TakenCall:
    return TakenCall(call.where, call.text.casefold())
