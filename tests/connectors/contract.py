"""What every connector must do. A connector's test class inherits `ConnectorContract` and fills in the hooks.

The hooks: the class attributes ``table`` and ``searched``; a fixture ``connector`` that gives a fresh, filled
connector; `case_for`, `touch`, `move`, `everything_stored` and `unreachable`.  Every test runs against the real store.
The statements about one verb are tried one after the other on the same system, those that write nothing together, and all
there is to see is compared after each: the statement that does not hold is named by what fails.
"""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.errors import RejectedError, StaleObjectError, UnavailableError
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Connector,
    Entry,
    Everything,
    Filter,
    Guard,
    Ids,
    InGroup,
    Not,
    Nothing,
    Operation,
    Outcome,
    Preparation,
    Question,
    Ref,
    Secret,
    SecretRef,
    Under,
    Value,
    Verb,
)
from connectors.verbs import ATTRIBUTES
from tests.connectors.oracle import is_found, matches

CANARY = "Kanarie-vogel-77-Zzyzx"
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
_ORDERED = {"text", "number", "date", "datetime"}
_HOSTILE = (
    "%",
    "_",
    "'",
    '"',
    "\\",
    "*",
    "a' OR '1'='1",
    'x" OR "',
    "(",
    ")",
    "a%b_c",
    "NEAR(",
    "é",
    "😀",
    "\u202e",
    "-",
)


@dataclass(frozen=True, slots=True)
class Case:
    """An operation that changes something in the sample, and what is special about it.

    ``again`` says what the same operation does a second time; empty means: ``unchanged`` for an idempotent verb, else
    ``rejected``.  ``kept`` names attributes that the inverse does not restore.
    """

    arguments: Mapping[str, object]
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    again: str = ""
    kept: frozenset[str] = frozenset()


class ConnectorContract:
    """Tests that every connector passes."""

    table: ClassVar[Mapping[str, Verb]]
    # kind → attributes that can be searched by typing
    searched: ClassVar[Mapping[str, tuple[str, ...]]]
    # attributes that change with every write
    restless: ClassVar[frozenset[str]] = frozenset({"changed"})
    # verbs of which two at once may both say that they changed something, to the same end: the system cannot tell
    both_may_change: ClassVar[frozenset[str]] = frozenset()
    # verbs with which the refusals are tried that the system has no part in; empty: with all
    few: ClassVar[frozenset[str]] = frozenset()

    # --- hooks ------------------------------------------------------------------------------------------------------

    def case_for(self, connector: Connector, verb: str) -> Case:
        """Return an operation of this verb that changes something in the sample."""
        raise NotImplementedError

    def touch(self, connector: Connector, ref: Ref) -> None:
        """Change an object in some other way, so that its version is another one."""
        raise NotImplementedError

    def move(self, connector: Connector, ref: Ref) -> bool:
        """Move an object elsewhere, by whatever way; return False where the kind does not move."""
        raise NotImplementedError

    def everything_stored(self, connector: Connector) -> bytes:
        """Return all bytes that the connector has stored anywhere."""
        raise NotImplementedError

    def unreachable(self) -> Connector:
        """Return a connector whose target system does not answer."""
        raise NotImplementedError

    # --- tools ------------------------------------------------------------------------------------------------------

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "verb" in metafunc.fixturenames:
            metafunc.parametrize("verb", sorted(self.table))

    def operation(self, verb: str, case: Case) -> Operation:
        return Operation("step", verb, case.arguments)

    def all_entries(self, connector: Connector, kind: str) -> tuple[Entry, ...]:
        page = connector.read(Question(kind, Everything(), limit=1000))
        assert not page.more, "the sample is too large for the contract"
        return page.entries

    def seen(self, connector: Connector) -> dict[Ref, Entry]:
        """Return all there is to see, without the attributes that change with every write."""
        return {
            entry.ref: replace(entry, attributes=_without(entry.attributes, self.restless))
            for kind in connector.kinds
            for entry in self.all_entries(connector, kind)
        }

    def run(self, connector: Connector, operation: Operation, secrets: Mapping[str, Secret] | None = None) -> Outcome:
        preparation = connector.prepare(operation)
        return connector.perform(operation, preparation.guards, secrets or {})

    # --- verbs ------------------------------------------------------------------------------------------------------

    def test_it_offers_exactly_the_verbs_of_its_table(self, connector: Connector) -> None:
        assert dict(connector.verbs()) == dict(self.table)
        assert all(name.startswith(f"{connector.name}.") for name in connector.verbs())

    def test_nothing_is_written_before_it_is_performed_nor_when_something_is_wrong(
        self, connector: Connector, verb: str
    ) -> None:
        case, seen = self.case_for(connector, verb), self.seen(connector)
        for statement in self._statements_without_writing(verb):
            statement(connector, verb, case, seen)
            assert self.seen(connector) == seen, f"{statement.__name__}: something was written"

    def _statements_without_writing(self, verb: str) -> list[Callable[[Connector, str, Case, dict[Ref, Entry]], None]]:
        always = [self._preparing_guards_every_object_it_names]
        refusals = [
            self._a_guard_that_does_not_hold_stops_everything,
            self._an_object_that_does_not_exist_is_refused,
            self._an_unknown_or_missing_argument_is_refused,
            self._what_is_not_needed_may_be_left_out_or_empty,
            self._only_errors_of_the_contract_come_out,
            self._an_outage_is_told_apart_and_nothing_is_claimed,
        ]
        return [*always, *refusals] if not self.few or verb in self.few else always

    def _preparing_guards_every_object_it_names(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        preparation = connector.prepare(self.operation(verb, case))
        assert preparation.changes
        served = {ref for ref in _refs(case.arguments) if ref.kind in connector.kinds}
        assert served <= {guard.ref for guard in preparation.guards}
        for guard in preparation.guards:
            assert (guard.version, guard.place) == (seen[guard.ref].version, seen[guard.ref].place)

    def test_it_does_what_was_prepared_and_nothing_when_done_again_and_the_inverse_takes_it_back(
        self, connector: Connector, verb: str
    ) -> None:
        case, before = self.case_for(connector, verb), self.seen(connector)
        case = replace(case, secrets=dict.fromkeys(case.secrets, Secret(CANARY)))
        preparation = connector.prepare(self.operation(verb, case))
        outcome = connector.perform(self.operation(verb, case), preparation.guards, case.secrets)
        after = self.seen(connector)
        self._performing_does_what_was_prepared(verb, preparation, outcome, before, after)
        self._no_secret_is_shown_or_stored(connector, verb, case, outcome, preparation, after)
        self._the_same_again_changes_nothing(connector, verb, case, after)
        self._the_inverse_takes_it_back(connector, verb, outcome.inverse, _unversioned(before, case.kept), case.kept)

    def _performing_does_what_was_prepared(
        self,
        verb: str,
        preparation: Preparation,
        outcome: Outcome,
        before: Mapping[Ref, Entry],
        after: Mapping[Ref, Entry],
    ) -> None:
        assert outcome.state == "changed"
        assert [_line(change) for change in outcome.changes] == [_line(change) for change in preparation.changes]
        assert {ref: entry.version for ref, entry in after.items()} != {
            ref: entry.version for ref, entry in before.items()
        }
        assert {name: ref.kind for name, ref in outcome.outputs.items()} == dict(self.table[verb].gives)
        assert preparation.can_undo == (outcome.inverse is not None)
        for change in outcome.changes:
            if change.kind == "set" and change.ref is not None and change.attribute not in self.restless:
                assert self._shown(before, change.ref, change.attribute, change.before)
                assert self._shown(after, change.ref, change.attribute, change.after)

    def _shown(self, seen: Mapping[Ref, Entry], ref: Ref, attribute: str, value: object) -> bool:
        if ref not in seen:
            return True
        attributes = seen[ref].attributes
        if attribute not in attributes or value == "[secret]":
            return True
        shown = attributes[attribute]
        return (shown or None) == (tuple(value) if isinstance(value, list | tuple) else value or None)

    def _no_secret_is_shown_or_stored(
        self, connector: Connector, verb: str, case: Case, outcome: Outcome, *shown: object
    ) -> None:
        if not case.secrets:
            assert not any(argument.type == "secret" and argument.needed for argument in self.table[verb].arguments)
            return
        assert "[secret]" in {change.after for change in outcome.changes if isinstance(change.after, str)}
        octets = repr((outcome, shown, connector)).encode()
        for spelling in _spellings(CANARY):
            assert spelling not in octets
            assert spelling not in self.everything_stored(connector)

    def _the_same_again_changes_nothing(
        self, connector: Connector, verb: str, case: Case, after: Mapping[Ref, Entry]
    ) -> None:
        operation = self.operation(verb, case)
        expected = case.again or ("unchanged" if self.table[verb].idempotent else "rejected")
        if expected == "rejected":
            with pytest.raises(RejectedError):
                self.run(connector, operation, case.secrets)
        elif expected == "unchanged":
            assert connector.prepare(operation).changes == ()
            outcome = self.run(connector, operation, case.secrets)
            assert (outcome.state, outcome.changes, outcome.inverse) == ("unchanged", (), None)
        if expected != "changed":
            assert self.seen(connector) == after, "the same again wrote something"

    def _the_inverse_takes_it_back(
        self,
        connector: Connector,
        verb: str,
        inverse: Operation | None,
        before: Mapping[Ref, Entry],
        kept: frozenset[str],
    ) -> None:
        if self.table[verb].inverse is None:
            assert inverse is None
            return
        assert inverse is not None
        assert inverse.verb in self.table
        _check_arguments(self.table[inverse.verb], inverse)
        assert self.run(connector, inverse).state == "changed"
        assert _unversioned(self.seen(connector), kept) == before, "the inverse did not take all of it back"

    def test_a_change_in_between_is_noticed(self, connector: Connector, verb: str) -> None:
        case = self.case_for(connector, verb)
        operation = self.operation(verb, case)
        guards, seen = connector.prepare(operation).guards, self.seen(connector)
        for touched in guards:
            stale = seen[touched.ref].version
            self.touch(connector, touched.ref)
            seen = self.seen(connector)
            assert seen[touched.ref].version != stale
            versions = {**{guard.ref: seen[guard.ref].version for guard in guards}, touched.ref: stale}
            with pytest.raises(StaleObjectError):
                connector.perform(operation, _with_versions(guards, versions), case.secrets)
            assert self.seen(connector) == seen, "the refused operation wrote something"

    def test_an_object_that_moved_in_between_is_not_touched(self, connector: Connector, verb: str) -> None:
        case = self.case_for(connector, verb)
        operation = self.operation(verb, case)
        guards = connector.prepare(operation).guards
        moved = [guard for guard in guards if self.move(connector, guard.ref)]
        if moved:
            seen = self.seen(connector)
            fresh = _with_versions(guards, {guard.ref: seen[guard.ref].version for guard in guards})
            with pytest.raises(StaleObjectError):
                connector.perform(operation, fresh, case.secrets)
            assert self.seen(connector) == seen, "the refused operation wrote something"

    def _a_guard_that_does_not_hold_stops_everything(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        operation = self.operation(verb, case)
        guards = connector.prepare(operation).guards
        for place in range(len(guards)):
            for wrong in (
                replace(guards[place], version="no such version"),
                replace(guards[place], place=("ou=elsewhere",)),
                Guard(Ref(guards[place].ref.kind, "00000000-0000-0000-0000-00000000dead"), "1", ()),
            ):
                with pytest.raises(RejectedError):
                    connector.perform(operation, [*guards[:place], wrong, *guards[place + 1 :]], case.secrets)

    def _an_object_that_does_not_exist_is_refused(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        for name, value in case.arguments.items():
            unknown = _with_unknown(value, connector.kinds)
            if unknown is not None:
                operation = Operation("step", verb, {**case.arguments, name: unknown})
                with pytest.raises(RejectedError):
                    connector.prepare(operation)
                with pytest.raises(RejectedError):
                    connector.perform(operation, (), case.secrets)

    def _an_unknown_or_missing_argument_is_refused(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        needed = [argument.name for argument in self.table[verb].arguments if argument.needed]
        without = [{key: value for key, value in case.arguments.items() if key != name} for name in needed]
        for arguments in ({**case.arguments, "userAccountControl": 512}, *without):
            with pytest.raises(RejectedError):
                connector.prepare(Operation("step", verb, arguments))
            with pytest.raises(RejectedError):
                connector.perform(Operation("step", verb, arguments), (), case.secrets)

    def _what_is_not_needed_may_be_left_out_or_empty(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        needed = {argument.name for argument in self.table[verb].arguments if argument.needed}
        bare = {name: value for name, value in case.arguments.items() if name in needed}
        empty = {argument.name: None for argument in self.table[verb].arguments if not argument.needed}
        assert connector.prepare(Operation("step", verb, bare)) == connector.prepare(
            Operation("step", verb, {**empty, **bare})
        )

    def _only_errors_of_the_contract_come_out(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        for name in case.arguments:
            for value in _ODD_VALUES:
                operation = Operation("step", verb, {**case.arguments, name: value})
                with contextlib.suppress(RejectedError):
                    connector.prepare(operation)

    def _an_outage_is_told_apart_and_nothing_is_claimed(
        self, connector: Connector, verb: str, case: Case, seen: Mapping[Ref, Entry]
    ) -> None:
        operation = self.operation(verb, case)
        dead = self.unreachable()
        started = time.monotonic()
        for attempt in (
            lambda: dead.read(Question(dead.kinds[0], Everything())),
            lambda: dead.prepare(operation),
            lambda: dead.perform(operation, (), {}),
            lambda: dead.locate("somebody", dead.kinds[0]),
        ):
            with pytest.raises(UnavailableError):
                attempt()
        assert time.monotonic() - started < 30

    def test_an_unknown_verb_is_refused(self, connector: Connector) -> None:
        before = self.seen(connector)
        for verb in ("", "nothing", f"{connector.name}.user.promote", "other.user.update"):
            with pytest.raises(RejectedError):
                connector.prepare(Operation("step", verb, {}))
            with pytest.raises(RejectedError):
                connector.perform(Operation("step", verb, {}), (), {})
        assert self.seen(connector) == before

    def test_of_two_at_once_only_one_changes_something(self, connector: Connector, verb: str) -> None:
        case = self.case_for(connector, verb)
        operation = self.operation(verb, case)
        guards = connector.prepare(operation).guards

        def attempt(_number: int) -> str:
            try:
                return connector.perform(operation, guards, case.secrets).state
            except RejectedError:
                return "rejected"

        with ThreadPoolExecutor(2) as pool:
            states = list(pool.map(attempt, range(2)))
        if guards and not (verb in self.both_may_change and states == ["changed", "changed"]):
            assert sorted(states) in (["changed", "rejected"], ["changed", "unchanged"])

    # --- reading ----------------------------------------------------------------------------------------------------

    @pytest.fixture
    def whole_sample(self, connector: Connector) -> Mapping[str, tuple[Entry, ...]]:
        """All entries of each kind, read once for the many questions of a test that changes nothing."""
        return {kind: self.all_entries(connector, kind) for kind in connector.kinds}

    @EXAMPLES
    @given(data=st.data())
    def test_filters_mean_what_the_contract_says(
        self, connector: Connector, whole_sample: Mapping[str, tuple[Entry, ...]], data: st.DataObject
    ) -> None:
        kind = data.draw(st.sampled_from(connector.kinds))
        entries = whole_sample[kind]
        wanted = data.draw(_filters(kind, _some(entries), _group_ids(whole_sample)))
        found = connector.read(Question(kind, wanted, limit=1000))
        assert {entry.ref for entry in found.entries} == {entry.ref for entry in entries if matches(entry, wanted)}

    @EXAMPLES
    @given(data=st.data())
    def test_typed_words_find_what_holds_all_of_them(
        self, connector: Connector, whole_sample: Mapping[str, tuple[Entry, ...]], data: st.DataObject
    ) -> None:
        kind = data.draw(st.sampled_from(sorted(self.searched)))
        searched = data.draw(st.lists(st.sampled_from(self.searched[kind]), min_size=1, unique=True).map(tuple))
        entries = whole_sample[kind]
        held = (entry.attributes.get(name) for entry in _some(entries) for name in searched)
        texts = [text for text in held if isinstance(text, str)]
        text = data.draw(_typed(texts))
        scope = data.draw(_filters(kind, _some(entries), _group_ids(whole_sample)))
        found = connector.read(Question(kind, scope, text=text, search=searched, limit=1000))
        expected = {entry.ref for entry in entries if is_found(entry, text, searched) and matches(entry, scope)}
        assert {entry.ref for entry in found.entries} == expected

    def test_the_limit_cuts_after_the_scope_and_says_so(self, connector: Connector) -> None:
        for kind in connector.kinds:
            entries = self.all_entries(connector, kind)
            if len(entries) < 2:
                continue
            scope = Ids(frozenset(entry.ref.id for entry in entries[-2:]))
            cut, whole = (connector.read(Question(kind, scope, limit=limit)) for limit in (1, 2))
            assert (len(cut.entries), cut.more) == (1, True)
            assert (len(whole.entries), whole.more) == (2, False)

    def test_answers_come_in_the_order_asked_for(self, connector: Connector) -> None:
        for kind in connector.kinds:
            for name, attribute in ATTRIBUTES[kind].items():
                if attribute.type == "text" and name != "dn":
                    page = connector.read(Question(kind, Compare(name, "present"), sort=name, limit=1000))
                    values = [str(entry.attributes[name]).casefold() for entry in page.entries]
                    assert values == sorted(values)
                    last_first = connector.read(Question(kind, Compare(name, "present"), sort=f"-{name}", limit=1000))
                    values = [str(entry.attributes[name]).casefold() for entry in last_first.entries]
                    assert values == sorted(values, reverse=True)

    def test_days_and_numbers_are_sorted_both_ways_with_the_empty_ones_before_all_others(
        self, connector: Connector
    ) -> None:
        for kind in connector.kinds:
            for name, attribute in ATTRIBUTES[kind].items():
                if attribute.type in _ORDERED - {"text"}:
                    rising, falling = (
                        [entry.attributes.get(name) for entry in connector.read(question).entries]
                        for question in (
                            Question(kind, Everything(), sort=sort, limit=1000) for sort in (name, f"-{name}")
                        )
                    )
                    known = sorted(value for value in rising if value is not None)
                    assert rising == [None] * (len(rising) - len(known)) + known
                    assert falling == known[::-1] + [None] * (len(rising) - len(known))

    @EXAMPLES
    @given(data=st.data())
    def test_a_scan_gives_all_that_match_once_as_they_are_read_and_always_in_the_same_order(
        self, connector: Connector, whole_sample: Mapping[str, tuple[Entry, ...]], data: st.DataObject
    ) -> None:
        kind = data.draw(st.sampled_from(connector.kinds))
        entries = whole_sample[kind]
        scope = data.draw(_filters(kind, _some(entries), _group_ids(whole_sample)))
        found = list(connector.scan(kind, scope))
        assert list(connector.scan(kind, scope)) == found
        expected = sorted((entry for entry in entries if matches(entry, scope)), key=lambda entry: entry.ref.id)
        assert sorted(found, key=lambda entry: entry.ref.id) == expected

    def test_a_scan_that_is_left_early_keeps_nobody_waiting(self, connector: Connector) -> None:
        started = [connector.scan(kind, Everything()) for kind in connector.kinds]
        for entries in started:
            next(entries, None)
        verb = min(self.table)
        case = self.case_for(connector, verb)
        assert self.run(connector, self.operation(verb, case), case.secrets).state == "changed"

    def test_a_scan_of_something_unknown_is_refused(self, connector: Connector) -> None:
        for kind, filter_ in (("unicorn", Everything()), (connector.kinds[0], Compare("unicorn", "present"))):
            with pytest.raises(RejectedError):
                list(connector.scan(kind, filter_))

    def test_a_scan_of_a_system_that_does_not_answer_says_so(self) -> None:
        connector = self.unreachable()
        with pytest.raises(UnavailableError):
            list(connector.scan(connector.kinds[0], Everything()))

    def test_hostile_texts_are_only_texts(self, connector: Connector) -> None:
        for kind, searched in self.searched.items():
            entries = self.all_entries(connector, kind)
            for text in _HOSTILE:
                for op in ("==", "contains", "starts_with"):
                    wanted = Compare(searched[0], op, text)
                    found = connector.read(Question(kind, wanted, limit=1000))
                    assert {entry.ref for entry in found.entries} == {e.ref for e in entries if matches(e, wanted)}
                found = connector.read(Question(kind, Everything(), text=text, search=searched, limit=1000))
                assert {entry.ref for entry in found.entries} == {e.ref for e in entries if is_found(e, text, searched)}

    def test_a_question_about_something_unknown_is_refused(self, connector: Connector) -> None:
        kind = connector.kinds[0]
        for question in (
            Question("unicorn", Everything()),
            Question(kind, Compare("unicorn", "present")),
            Question(kind, Everything(), sort="unicorn"),
            Question(kind, Everything(), sort="-unicorn"),
            Question(kind, Everything(), sort="--name"),
        ):
            with pytest.raises(RejectedError):
                connector.read(question)

    def test_everything_is_found_by_its_id_and_nothing_by_another(self, connector: Connector) -> None:
        for kind in connector.kinds:
            for entry in self.all_entries(connector, kind):
                assert connector.locate(entry.ref.id, kind) == entry.ref
                assert connector.locate(entry.dn, kind) == entry.ref
            for text in ("", "no such thing", "CN=nobody,DC=nowhere,DC=test", "\x00", *_HOSTILE):
                assert connector.locate(text, kind) is None

    # --- outages ----------------------------------------------------------------------------------------------------

    def test_its_health_is_said_in_a_sentence_and_never_raised(self, connector: Connector) -> None:
        assert connector.check().ok
        health = self.unreachable().check()
        assert (health.ok, health.detail.endswith(".")) == (False, True)


_ODD_VALUES = (
    None,
    "",
    "\x00",
    "x" * 10_000,
    7,
    True,
    (),
    ("a",),
    {"a": "b"},
    Ref("user", "\x00"),
    "\ud800",
    {"": None},
)


def _without(attributes: Mapping[str, Value], hidden: frozenset[str]) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if name not in hidden}


def _unversioned(seen: Mapping[Ref, Entry], hidden: frozenset[str]) -> dict[Ref, Entry]:
    """Return what was seen without the versions, to compare what was changed and taken back."""
    return {
        ref: replace(entry, attributes=_without(entry.attributes, hidden), version="") for ref, entry in seen.items()
    }


def _with_versions(guards: Sequence[Guard], versions: Mapping[Ref, str]) -> list[Guard]:
    return [replace(guard, version=versions[guard.ref]) for guard in guards]


def _refs(arguments: Mapping[str, object]) -> list[Ref]:
    found: list[Ref] = []
    for value in arguments.values():
        if isinstance(value, Ref):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += [item for item in value if isinstance(item, Ref)]
    return found


def _with_unknown(value: object, kinds: Sequence[str]) -> object | None:
    if isinstance(value, Ref) and value.kind in kinds:
        return Ref(value.kind, "00000000-0000-0000-0000-00000000dead")
    if isinstance(value, list | tuple) and value and isinstance(value[0], Ref) and value[0].kind in kinds:
        return (*value, Ref(value[0].kind, "00000000-0000-0000-0000-00000000dead"))
    return None


def _line(change: object) -> tuple[object, ...]:
    return (change.kind, change.what, change.attribute, change.before, change.after)  # type: ignore[attr-defined]


def _check_arguments(verb: Verb, operation: Operation) -> None:
    assert set(operation.arguments) <= {argument.name for argument in verb.arguments}
    assert {argument.name for argument in verb.arguments if argument.needed} <= set(operation.arguments)
    assert not any(isinstance(value, Secret | SecretRef) for value in operation.arguments.values())


def _spellings(text: str) -> list[bytes]:
    octets = text.encode()
    return [octets, text.encode("utf-16-le"), octets.hex().encode(), octets.lower(), octets[::-1]]


def _some(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Return at most twenty of them, spread over all, to draw values from: a domain has dozens of groups of its own."""
    return entries[:: max(1, -(-len(entries) // 20))]


# --- random questions -----------------------------------------------------------------------------------------------


def _group_ids(sample: Mapping[str, tuple[Entry, ...]]) -> list[str]:
    return [entry.ref.id for entry in _some(sample.get("group", ()))] + ["none"]


def _filters(kind: str, entries: Sequence[Entry], groups: Sequence[str]) -> st.SearchStrategy[Filter]:
    ids = [entry.ref.id for entry in entries] + ["none"]
    places = [entry.place[:cut] for entry in entries for cut in range(1, len(entry.place) + 1)] or [("ou=nowhere",)]
    leaves = st.one_of(
        st.just(Everything()),
        st.just(Nothing()),
        st.frozensets(st.sampled_from(ids), max_size=3).map(Ids),
        st.sampled_from(places).map(Under),
        st.builds(InGroup, st.sampled_from(groups), st.booleans()),
        _comparisons(kind, entries),
        _comparisons(kind, entries),
        _alternatives(kind, entries),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: AllOf(tuple(parts))),
            st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=5,
    )


@st.composite
def _comparisons(draw: st.DrawFn, kind: str, entries: Sequence[Entry]) -> Compare:
    name = draw(st.sampled_from([name for name in ATTRIBUTES[kind] if name != "dn"]))
    type_ = ATTRIBUTES[kind][name].type
    op = draw(st.sampled_from(_operators(name, type_)))
    values = [value for entry in entries for value in _items(entry.attributes.get(name))]
    if op in {"present", "absent"} or not values:
        return Compare(name, op if op in {"present", "absent"} else "present")
    value = draw(st.sampled_from(values))
    if type_ in {"text", "list:text"}:
        value = draw(_variants(value, whole=name == "id"))
    if type_ == "datetime" and draw(st.booleans()):
        value = value.date()
    return Compare(name, op, value)


@st.composite
def _alternatives(draw: st.DrawFn, kind: str, entries: Sequence[Entry]) -> AnyOf:
    """One attribute equal to one of several values, with the spaces and capitals that texts may have."""
    name = draw(st.sampled_from([name for name in ATTRIBUTES[kind] if name not in ("dn", "id")]))
    values = [value for entry in entries for value in _items(entry.attributes.get(name))]
    wanted = draw(st.lists(st.sampled_from(values), max_size=4)) if values else []
    texts = [value.swapcase() if isinstance(value, str) and draw(st.booleans()) else value for value in wanted]
    return AnyOf(tuple(Compare(name, "==", value) for value in texts))


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _operators(name: str, type_: str) -> list[str]:
    if name == "id":
        return ["=="]
    if type_.startswith("list:"):
        return ["==", "contains", "!=", "present", "absent"]
    extra = ["<", "<=", ">", ">="] if type_ in _ORDERED else []
    texts = ["contains", "starts_with"] if type_ == "text" else []
    return ["==", "!=", "present", "absent", *extra, *texts]


def _variants(text: str, *, whole: bool) -> st.SearchStrategy[str]:
    if whole:
        return st.just(text)
    cuts = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
        lambda cut: text[min(cut) : max(cut)].strip()
    )
    return st.one_of(st.just(text), st.just(text.swapcase()), cuts)


@st.composite
def _typed(draw: st.DrawFn, texts: Sequence[str]) -> str:
    words = []
    for _ in range(draw(st.integers(0, 3))):
        text = draw(st.sampled_from(list(texts) or ["x"]))
        start = draw(st.integers(0, max(0, len(text) - 1)))
        words.append(text[start : start + draw(st.integers(1, 6))])
    return draw(st.sampled_from([str.lower, str.upper, str.title]))(" ".join(words))
