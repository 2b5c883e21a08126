"""The verbs of several directories as those of one: what one of them can do, the whole can. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from connectors.errors import RejectedError
from connectors.joined.parts import Part
from connectors.spi import Further, KeepsLess, Unkept, Unkepts, Verb


def offered(parts: Sequence[Part]) -> Mapping[str, Verb]:
    """Return the verbs that one of the directories offers, by full name; what none of them can do says why.

    Raises `RejectedError` when two of them mean different things by one name.
    """
    found: dict[str, list[Verb]] = {}
    for part in parts:
        for name, verb in part.connector.verbs().items():
            same = found.setdefault(name, [])
            if same and _meant(same[0]) != _meant(verb):
                raise RejectedError(f"The directory “{part.name}” means something else by {name} than the others.")
            same.append(verb)
    return {name: _merged(verbs) for name, verbs in found.items()}


def unkept(parts: Sequence[Part]) -> Unkepts:
    """Return what one of the directories does not keep; what others do keep is so only in parts, and names where."""
    given = {part.name: part.connector.unkept() for part in parts if isinstance(part.connector, KeepsLess)}
    found: dict[str, dict[str, Unkept]] = {}
    for kind in dict.fromkeys(kind for one in given.values() for kind in one):
        serving = [part.name for part in parts if kind in part.connector.kinds]
        names = dict.fromkeys(name for one in given.values() for name in one.get(kind, {}))
        found[kind] = {
            name: _unkept({part: given.get(part, {}).get(kind, {}).get(name) for part in serving}) for name in names
        }
    return found


def _unkept(by_part: Mapping[str, Unkept | None]) -> Unkept:
    missing = {part: one for part, one in by_part.items() if one is not None}
    reasons: dict[str, list[str]] = {}
    for part, one in missing.items():
        reasons.setdefault(one.reason, []).append(f"“{part}”")
    reason = "; ".join(f"{reason} ({', '.join(where)})" for reason, where in reasons.items())
    taken = {one.taken_for for one in missing.values()}
    return Unkept(reason, next(iter(taken)) if len(taken) == 1 else "", partly=len(missing) < len(by_part))


def _meant(verb: Verb) -> Verb:
    return replace(verb, unavailable="", cannot_set={}, further=None)


def _merged(verbs: Sequence[Verb]) -> Verb:
    able = [verb for verb in verbs if not verb.unavailable]
    reasons = dict.fromkeys(verb.unavailable for verb in verbs)
    nowhere = frozenset[str].intersection(*(frozenset(verb.cannot_set) for verb in able or verbs))
    return replace(
        verbs[0],
        unavailable="" if able else "; ".join(reasons),
        cannot_set={name: _reasons(able or verbs, name) for name in sorted(nowhere)},
        further=_further(verb.further for verb in verbs),
    )


def _reasons(verbs: Iterable[Verb], name: str) -> str:
    return "; ".join(dict.fromkeys(verb.cannot_set[name] for verb in verbs))


def _further(given: Iterable[Mapping[str, Further] | None]) -> Mapping[str, Further] | None:
    known = [each for each in given if each is not None]
    merged: dict[str, Further] = {}
    for name, one in ((name, one) for each in known for name, one in each.items()):
        same = merged.setdefault(name, one)
        if same.type != one.type:
            raise RejectedError(f"custom.{name} is {same.type} in one directory and {one.type} in another.")
        merged[name] = replace(same, settable=same.settable or one.settable)
    return merged if known else None
