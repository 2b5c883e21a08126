"""Who really got into a group, or out of it, where members are named by DN: somebody else may have got the name meanwhile.

A request can be bound to the group it changes, not to the people it names.  So those are read again afterwards, and what
was done to anybody else is taken back.  Reads and writes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.errors import ConnectorError
from connectors.ldap.changing.drafting import Draft, Write
from connectors.ldap.controls import assertion
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import dn_key, members
from connectors.ldap.reading.reader import Found, Reader
from connectors.ldap.requests import Modification, Modify
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Ref

_TRIES, _ADDING = 40, 3


@dataclass(frozen=True, slots=True)
class MembersAgain:
    """Looks at the groups that a draft changed. ``asserts`` says whether the server has assertions."""

    session: DirectorySession
    layout: Layout
    new_reader: Callable[[], Reader]
    asserts: Callable[[], bool]

    def concerns(self, write: Write) -> bool:
        """Say whether a request named members by DN."""
        request, on = write.request, write.on
        if self.layout.dialect.by_guid or on is None or on.entry.ref.kind != "group" or not isinstance(request, Modify):
            return False
        return any(step.attribute == self.layout.dialect.member for step in request.modifications)

    def are_right(self, draft: Draft) -> bool:
        """Say whether those who were meant, and so nobody else, got in and out; raises what reading raises."""
        return all(self._is_right(draft, write) for write in draft.writes if self.concerns(write))

    def _is_right(self, draft: Draft, write: Write) -> bool:
        meant = self._meant(draft, write)
        now = self._now(meant)
        group = write.on.entry.ref if write.on else None
        return all(ref not in now or _is_in(now[ref], group) == is_added for ref, is_added in meant.items())

    def _meant(self, draft: Draft, write: Write) -> dict[Ref, bool]:
        """Return whom a request names, and whether they were added."""
        refs = {found.entry.dn: ref for ref, found in draft.touched.items()}
        steps = write.request.modifications if isinstance(write.request, Modify) else ()
        return {
            refs[name]: step.kind == "add"
            for step in steps
            for value in step.values
            if isinstance(value, bytes) and (name := value.decode("utf-8", "replace")) in refs
        }

    def _now(self, refs: Mapping[Ref, bool]) -> dict[Ref, Found]:
        reader, found = self.new_reader(), dict[Ref, Found]()
        for kind in sorted({ref.kind for ref in refs}):
            ids = [ref.id for ref in refs if ref.kind == kind]
            found |= {one.entry.ref: one for one in reader.by_ids(kind, ids).values()}
        return found

    # --- taking back ------------------------------------------------------------------------------------------------

    def take_back(self, draft: Draft, write: Write) -> bool:
        """Give a group the members it had before, by the names they have now; False when that cannot be made sure."""
        meant = self._meant(draft, write)
        for number in range(_TRIES):
            try:
                if (is_back := self._step_back(write, meant, may_add=number < _ADDING)) is not None:
                    return is_back
            except ConnectorError:
                return False
        return False

    def _step_back(self, write: Write, meant: Mapping[Ref, bool], *, may_add: bool) -> bool | None:
        """Take one step towards what was; None when it has to be looked at again.

        Who is put in again is named by DN too, and may be somebody else by then; after some tries only wrong ones go.
        """
        group = self.new_reader().one(write.on.entry.ref) if write.on else None
        if group is None or write.on is None:
            return True
        now, had, has = self._now(meant), self._listed(write.on), self._listed(group)
        ours = {ref: dn_key(one.entry.dn) for ref, one in now.items()}
        out = {key for ref, key in ours.items() if meant[ref] and key in has}
        back = {ref for ref in ours if may_add and not meant[ref] and not _is_in(now[ref], group.entry.ref)}
        strangers = has.keys() - (had.keys() - self._named(write)) - set(ours.values())
        renamed = had.keys() - has.keys() - self._named(write)
        if strangers and not renamed:
            out |= strangers
        if not out and not back:
            return len(has) == len(had)
        self._apply(
            group,
            [has[key] for key in out],
            [now[ref].entry.dn for ref in back],
            is_empty=not (has.keys() - out or back),
        )
        return None

    def _named(self, write: Write) -> set[str]:
        steps = write.request.modifications if isinstance(write.request, Modify) else ()
        values = (value for step in steps if step.kind == "delete" for value in step.values if isinstance(value, bytes))
        return {dn_key(value.decode("utf-8", "replace")) for value in values}

    def _listed(self, group: Found) -> dict[str, str]:
        return {dn_key(dn): dn for dn in members(self.layout, group.row)}

    def _apply(self, group: Found, out: list[str], back: list[str], *, is_empty: bool) -> None:
        dialect = self.layout.dialect
        real = set(members(self.layout, group.row))
        listed = (value.decode("utf-8", "replace") for value in group.row.values.get(dialect.member.lower(), ()))
        nobody = [dn for dn in listed if dn not in real]
        added = [*back, *([self.layout.placeholder] if is_empty and dialect.placeholder and not nobody else [])]
        gone = [*out, *([] if is_empty else nobody)]
        steps = [Modification("add", dialect.member, tuple(dn.encode() for dn in added))] if added else []
        steps += [Modification("delete", dialect.member, tuple(dn.encode() for dn in gone))] if gone else []
        held = {name: octets for name in (dialect.id, dialect.version) if (octets := group.row.first(name)) is not None}
        control = (assertion(dialect.dn, group.entry.dn, held),) if self.asserts() else ()
        self.session.apply(Modify(group.entry.dn, tuple(steps), control))


def _is_in(member: Found, group: Ref | None) -> bool:
    listed = member.entry.attributes.get("groups")
    return isinstance(listed, tuple) and group in listed
