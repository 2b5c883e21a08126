"""Read ``tests:`` of the access file: who may and may not do what, as the author means it. Pure."""

from collections.abc import Iterator, Mapping

from connectors.verbs import PERMISSIONS
from forms.documents import MapNode, Node, ScalarNode
from forms.problems import nearest_or_all
from runner.access.model import PolicyTest, Principal, applies
from runner.access.nodes import Taker

WHAT: Mapping[str, str] = {
    "user": "user",
    "group": "group",
    "computer": "computer",
    "contact": "contact",
    "mailbox": "mailbox",
    "list": "mail_list",
    "ou": "ou",
    "mail_domain": "mail_domain",
    "form": "form",
}
"""The word under ``on:`` → the kind of object it names."""

_KEYS = ("name", "who", "may", "may_not", "on", "form", "on_day", "fixture")
_WHO = "Write a login,  { client: … }  or  everyone ."


def read_policy_tests(taker: Taker, node: Node | None) -> tuple[PolicyTest, ...]:
    """Return the tests of the file; those with mistakes, which are reported, are left out."""
    found = (_test(taker, item) for item in taker.items(node, '"tests"', may_be_empty=True))
    return tuple(test for test in found if test)


def _test(taker: Taker, node: Node) -> PolicyTest | None:
    keys = taker.map(node, _KEYS, "a test", ("who",))
    if keys is None:
        return None
    who = _who(taker, keys["who"])
    may = taker.names(keys.get("may"), "permission", PERMISSIONS, "E127")
    may_not = taker.names(keys.get("may_not"), "permission", PERMISSIONS, "E127")
    what = _what(taker, keys.get("on"))
    form, fixture = taker.text(keys.get("form"), '"form"'), taker.text(keys.get("fixture"), '"fixture"')
    day = taker.day(keys.get("on_day"), "on_day")
    written = taker.text(keys.get("name"), '"name"')
    if not _is_complete(taker, node, keys) or who is None or what is None or not (may or may_not):
        return None
    if not _fits(taker, node, keys, what[0]):
        return None
    name = written or _named(who, may, may_not, what, form)
    return PolicyTest(name, who, may, may_not, *what, form, day, fixture, node.line)


def _is_complete(taker: Taker, node: Node, keys: Mapping[str, Node]) -> bool:
    if "may" in keys or "may_not" in keys or _has_unknown(node, keys):
        return True
    taker.report.error("E111", node, 'a test needs "may" or "may_not"', "Write  may: [permissions] .")
    return False


def _has_unknown(node: Node, keys: Mapping[str, Node]) -> bool:
    return isinstance(node, MapNode) and len(node.pairs) > len(keys)


def _who(taker: Taker, node: Node) -> Principal | None:
    if isinstance(node, MapNode):
        keys = taker.map(node, ("client",), '"who"', ("client",))
        client = taker.text(keys["client"], "a client") if keys else None
        return Principal("client", client) if client else None
    if not isinstance(node, ScalarNode):
        taker.report.error("E113", node, '"who" is one of those whose rights are tried', _WHO)
        return None
    text = taker.text(node, '"who"')
    if text is None:
        return None
    return Principal("everyone") if text == "everyone" else Principal("user", text)


def _what(taker: Taker, node: Node | None) -> tuple[str, str] | None:
    """Return the kind and the name of a thing, two empty texts when there is none, None after a mistake."""
    if node is None:
        return "", ""
    keys = taker.map(node, tuple(WHAT), '"on"')
    if keys is None:
        return None
    if _has_unknown(node, keys):
        return None
    if len(keys) != 1:
        fix = "Write one of them, as  on: { user: … } , and another test for another thing."
        taker.report.error("E113", node, '"on" names one thing', fix)
        return None
    ((word, value),) = keys.items()
    text = taker.text(value, f"a {word.replace('_', ' ')}")
    return (WHAT[word], text) if text else None


def _fits(taker: Taker, node: Node, keys: Mapping[str, Node], kind: str) -> bool:
    """Report permissions that mean nothing on this kind: such a test would say nothing, whatever the policy is."""
    said = {name: item for key in ("may", "may_not") for name, item in taker.texts(keys.get(key), f'"{key}"')}
    wrong = [name for name in said if name in PERMISSIONS and not _means_something(name, kind)]
    for name in wrong:
        kinds = [word for word, known in WHAT.items() if known in PERMISSIONS[name][0]]
        if not kind:
            words = " or ".join(f"{{ {word}: … }}" for word in kinds)
            taker.report.error("E111", node, f'a test of {name} needs "on"', f"Write  on: {words} .")
        else:
            fix = nearest_or_all("", kinds, "It is about") if kinds else 'Leave "on" out: it is about the installation.'
            taker.report.error("E114", said[name], f"{name} means nothing on a {kind.replace('_', ' ')}", fix)
    return not wrong


def _means_something(permission: str, kind: str) -> bool:
    return applies(permission, kind) if kind else bool({"", "form"} & set(PERMISSIONS[permission][0]))


def _named(
    who: Principal, may: tuple[str, ...], may_not: tuple[str, ...], what: tuple[str, str], form: str | None
) -> str:
    """Say in a line what a test without a name tries."""
    return " ".join(_words(who, may, may_not, what, form))


def _words(
    who: Principal, may: tuple[str, ...], may_not: tuple[str, ...], what: tuple[str, str], form: str | None
) -> Iterator[str]:
    yield "everyone" if who.kind == "everyone" else who.name if who.kind == "user" else f"client {who.name}"
    said = (f"{word} {', '.join(names)}" for word, names in (("may", may), ("may not", may_not)) if names)
    yield ", ".join(said)
    if what[0]:
        yield f"on {what[0].replace('_', ' ')} {what[1]}"
    if form:
        yield f"in {form}"
