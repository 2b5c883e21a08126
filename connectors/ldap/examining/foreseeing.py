"""Whether the account that writes may do what the forms in use ask for, and how it is let. Changes nothing, never raises."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from connectors.errors import ConnectorError
from connectors.ldap.examining.containers import Container, containers
from connectors.ldap.examining.delegating import Delegating, account_of, is_samba, named, schema_ids
from connectors.ldap.examining.permitted import Permitted, Verdict
from connectors.ldap.examining.rights import Right, rights_for
from connectors.ldap.examining.sampling import MOST_LOOKED_AT, Place, Sample, Sampling
from connectors.ldap.layout import Layout
from connectors.ldap.reading.querying import Querying
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import LimitReachedError, SearchRefusedError
from connectors.spi import AnyOf, Everything, Filter, Observation, Usage

_MOST_NAMED = 3
Lacking = dict[Container, list[str]]
"""Units on which a right is missing, each with the forms that need it."""


@dataclass(slots=True)
class RightsExamination:
    """Compares what forms need with what an account may do, on one object of each unit that the forms reach.

    ``account`` is what the settings call it.
    """

    layout: Layout
    querying: Querying
    permitted: Permitted
    account: str
    _sampling: Sampling = field(init=False)
    _verdicts: dict[tuple[Right, Sample], Verdict] = field(default_factory=dict)
    _lacking: dict[Right, Lacking] = field(default_factory=dict)
    _hopeless: set[Right] = field(default_factory=set)
    _unseen: dict[Right, list[str]] = field(default_factory=dict)
    _unreached: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sampling = Sampling(self.querying)

    def observations(self, usages: Sequence[Usage]) -> Iterator[Observation]:
        """Yield what is missing, right by right with the forms that need it, then what was seen in all."""
        forms: dict[str, list[Usage]] = {}
        for usage in usages:
            if usage.verb.startswith("directory."):
                forms.setdefault(usage.form, []).append(usage)
        try:
            able = sum(self._is_able(form, forms[form]) for form in sorted(forms))
            yield from self._missing()
        except (ConnectorError, SearchRefusedError, LimitReachedError):
            yield Observation("rights", "warning", "they could not be looked at: the directory gave no answer")
            return
        yield from self._in_all(able)

    # --- looking ----------------------------------------------------------------------------------------------------

    def _is_able(self, form: str, usages: Sequence[Usage]) -> bool:
        """Look at all that a form needs, and say whether it was seen that all of it is allowed."""
        needed: dict[Right, dict[Filter, None]] = {}
        for usage in usages:
            for right in rights_for(self.layout, usage.verb, usage.sets):
                needed.setdefault(right, {})[usage.reaches.get(_stood_on(right), Everything())] = None
        found = [self._verdict(form, right, tuple(filters)) for right, filters in sorted(needed.items())]
        if found and not any(found):
            self._unreached.append(form)
        return "may" in found and "may not" not in found

    def _verdict(self, form: str, right: Right, wanted: tuple[Filter, ...]) -> Verdict | Literal[""]:
        """Return what a form may do everywhere it reaches, empty when that is nowhere."""
        reach = self._sampling.reach(_stood_on(right), wanted[0] if len(wanted) == 1 else AnyOf(wanted))
        verdicts = {place: self._verdict_on(right, sample) for place, sample in reach.samples.items()}
        missing = [place for place, verdict in verdicts.items() if verdict == "may not"]
        if missing:
            if "may" not in verdicts.values():
                self._hopeless.add(right)
            for one in containers(missing, reach, self._sampling.units):
                self._lacking.setdefault(right, {}).setdefault(one, []).append(form)
            return "may not"
        if verdicts and "may" not in verdicts.values():
            self._unseen.setdefault(right, []).append(form)
            return "unknown"
        return "may" if verdicts else ""

    def _verdict_on(self, right: Right, sample: Sample) -> Verdict:
        if (right, sample) not in self._verdicts:
            self._verdicts[right, sample] = self.permitted.verdict(right, sample)
        return self._verdicts[right, sample]

    # --- saying -----------------------------------------------------------------------------------------------------

    def _missing(self) -> Iterator[Observation]:
        """Yield one observation for each right that is missing; those that are missing alike come together."""
        alike: dict[tuple[str, bool, bool, tuple[tuple[Container, tuple[str, ...]], ...]], list[Right]] = {}
        for right, lacking in self._lacking.items():
            units = tuple(sorted((one, tuple(forms)) for one, forms in lacking.items()))
            alike.setdefault((right.kind, right.action == "create", right in self._hopeless, units), []).append(right)
        if not alike:
            return
        delegating = self._delegating()
        for (_, _, is_hopeless, units), rights in alike.items():
            by_forms: dict[tuple[str, ...], list[tuple[str, bool]]] = {}
            for one, forms in units:
                by_forms.setdefault(forms, []).append((self._dn(one.place), one.is_whole))
            lines = [f"{self.account} lacks this right. Give it, on these units and no other:"]
            for forms, where in by_forms.items():
                lines += [f"needed by: {', '.join(forms)}", *delegating.instructions(rights, where)]
            what, detail = f"right to {_spoken(rights)}", "\n".join(lines)
            yield Observation(what, "error" if is_hopeless else "warning", detail)

    def _delegating(self) -> Delegating:
        serving = self.querying.reader.serving
        wanted = {name for right in self._lacking for name in named(right)}
        of_samba = self.layout.dialect.by_guid and is_samba(serving)
        ids = schema_ids(serving, wanted) if of_samba else {}
        return Delegating(self.layout, account_of(Serving(self.permitted.session), self.layout, self.account), ids)

    def _dn(self, place: Place) -> str:
        if place in self._sampling.units:
            return self._sampling.units[place]
        return ",".join(reversed(place))

    def _in_all(self, able: int) -> Iterator[Observation]:
        if able:
            detail = f"{self.account} may do what {able} of the forms need, as far as it can be seen in advance"
            yield Observation("rights", "ok", detail)
        if self._unseen:
            each = (f"{_spoken((right,))} ({_first(forms)})" for right, forms in self._unseen.items())
            detail = f"whether {self.account} may do this cannot be seen in advance, try it once: {'; '.join(each)}"
            yield Observation("rights", "ok", detail)
        if self._unreached:
            detail = (
                f"no binding reaches anything in this directory for {_first(self._unreached)}: nothing was looked at"
            )
            yield Observation("rights", "ok", detail)
        if self._sampling.is_cut:
            detail = f"only the first {MOST_LOOKED_AT:,} objects of a kind were looked at, so units may be missing here"
            yield Observation("rights", "ok", detail)


_CALLED = {"user": "people", "group": "groups", "computer": "computers", "contact": "contacts"}


def _stood_on(right: Right) -> str:
    """Return of what kind the objects are on which a right is needed. Pure."""
    return "ou" if right.action == "create" else right.kind


def _first(forms: Sequence[str]) -> str:
    more = len(forms) - _MOST_NAMED
    return ", ".join(forms[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _spoken(rights: Sequence[Right]) -> str:
    """Say what several rights allow: ``write title and sn of people, delete groups``. Pure."""
    found: list[str] = []
    for kind in dict.fromkeys(right.kind for right in rights):
        written = [right.attribute for right in rights if right.kind == kind and right.action == "write"]
        found += [f"{right} {_CALLED[kind]}" for right in rights if right.kind == kind and right.action != "write"]
        found += [f"write {', '.join(written)} of {_CALLED[kind]}"] if written else []
    return ", ".join(found)
