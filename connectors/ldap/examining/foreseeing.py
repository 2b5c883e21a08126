"""Whether the account that writes may do what the forms in use ask for, form by form. Changes nothing, never raises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from connectors.ldap.examining.permitted import Permitted, Verdict
from connectors.ldap.examining.rights import Right, as_dsacls, rights_for
from connectors.ldap.examining.sampling import Sample, samples
from connectors.ldap.layout import Layout
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import LimitReachedError, SearchRefusedError
from connectors.spi import Observation, Usage

_MOST_NAMED = 3


@dataclass(slots=True)
class RightsExamination:
    """Compares what forms need with what an account may do on a few objects of each kind; ``account`` is its name."""

    layout: Layout
    reading: Serving
    permitted: Permitted
    account: str
    _samples: dict[str, tuple[Sample, ...]] = field(default_factory=dict)
    _verdicts: dict[tuple[Right, Sample], Verdict] = field(default_factory=dict)

    def observations(self, usages: Sequence[Usage]) -> Iterator[Observation]:
        """Yield what is missing, form by form in the order of their names, then what was seen in all."""
        forms: dict[str, list[Usage]] = {}
        for usage in usages:
            if usage.verb.startswith("directory."):
                forms.setdefault(usage.form, []).append(usage)
        unseen: dict[Right, list[str]] = {}
        able = 0
        try:
            for form in sorted(forms):
                needed = {right for one in forms[form] for right in rights_for(self.layout, one.verb, one.sets)}
                found = list(self._form(form, needed, unseen))
                able += not found and any(right not in unseen for right in needed)
                yield from found
        except (ConnectorError, SearchRefusedError, LimitReachedError):
            yield Observation("rights", "warning", "they could not be looked at: the directory gave no answer")
            return
        yield from self._in_all(able, unseen)

    def _form(self, form: str, needed: Iterable[Right], unseen: dict[Right, list[str]]) -> Iterator[Observation]:
        """Yield what the account may not do, what is missing in the same units together."""
        missing: dict[tuple[bool, bool, tuple[str, ...]], list[Right]] = {}
        for right in sorted(needed):
            found = self._verdicts_on(right)
            units = tuple(sample.unit for sample, verdict in found.items() if verdict == "may not")
            if units:
                is_everywhere = "may" not in found.values()
                missing.setdefault((right.action == "create", is_everywhere, units), []).append(right)
            elif "may" not in found.values():
                unseen.setdefault(right, []).append(form)
        for (_, is_everywhere, units), rights in missing.items():
            yield self._missing(form, rights, units, is_everywhere=is_everywhere)

    def _in_all(self, able: int, unseen: Mapping[Right, Sequence[str]]) -> Iterator[Observation]:
        if able:
            detail = f"{self.account} may do what {able} of the forms need, as far as it can be seen in advance"
            yield Observation("rights", "ok", detail)
        if unseen:
            each = (f"{_spoken((right,))} ({', '.join(forms[:_MOST_NAMED])})" for right, forms in unseen.items())
            detail = f"whether {self.account} may do this cannot be seen in advance, try it once: {'; '.join(each)}"
            yield Observation("rights", "ok", detail)

    def _verdicts_on(self, right: Right) -> Mapping[Sample, Verdict]:
        found: dict[Sample, Verdict] = {}
        for sample in self._samples_of("ou" if right.action == "create" else right.kind):
            if (right, sample) not in self._verdicts:
                self._verdicts[right, sample] = self.permitted.verdict(right, sample)
            found[sample] = self._verdicts[right, sample]
        return found

    def _samples_of(self, kind: str) -> tuple[Sample, ...]:
        if kind not in self._samples:
            self._samples[kind] = samples(self.reading, self.layout, kind)
        return self._samples[kind]

    def _missing(self, form: str, rights: Sequence[Right], units: Sequence[str], *, is_everywhere: bool) -> Observation:
        named = "; ".join(units[:_MOST_NAMED]) + ("; …" if len(units) > _MOST_NAMED else "")
        detail = f"{self.account} may not {_spoken(rights)} in {named}. {self._fix(rights, units[0])}"
        return Observation(f"form {form}", "error" if is_everywhere else "warning", detail)

    def _fix(self, rights: Sequence[Right], unit: str) -> str:
        if self.layout.dialect.by_guid:
            account = self.account if "@" in self.account or "\\" in self.account else "ACCOUNT"
            given = " ".join(f'"{account}:{one}"' for right in rights for one in as_dsacls(right))
            return f'Give it: dsacls "{unit}" {"/I:T" if rights[0].action == "create" else "/I:S"} /G {given}'
        attributes = ",".join(right.attribute for right in rights if right.action == "write")
        if not attributes:
            return "Give it write access to these entries (attrs=entry) and to attrs=children of the unit."
        return f"Give it write access to attrs={attributes} there."


_CALLED = {"user": "people", "group": "groups", "computer": "computers", "contact": "contacts"}


def _spoken(rights: Sequence[Right]) -> str:
    """Say what several rights allow: ``write title and sn of people, delete groups``. Pure."""
    found: list[str] = []
    for kind in dict.fromkeys(right.kind for right in rights):
        written = [right.attribute for right in rights if right.kind == kind and right.action == "write"]
        found += [f"{right} {_CALLED[kind]}" for right in rights if right.kind == kind and right.action != "write"]
        found += [f"write {', '.join(written)} of {_CALLED[kind]}"] if written else []
    return ", ".join(found)
