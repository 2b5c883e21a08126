"""Make the style sheets small and theme-aware: leave out what no page uses, add dark rules for "as the system". Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_DARK = re.compile(r"""\[data-bs-theme=["']?dark["']?\]""")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Parts of Bootstrap with a behaviour that Deskhand's pages do not have; their names are also ordinary words.
_UNUSED = re.compile(
    r"\.(?:accordion|alert|badge|breadcrumb|btn-(?:group|toolbar|check)|card|carousel|collaps|dropdown|fade|figure|"
    r"list-group|modal|nav|navbar|offcanvas|page-|pagination|placeholder|popover|progress|row|col|container|show|"
    r"spinner|table|tab|toast|tooltip|form-floating|form-range|input-group|was-validated|g[xy]?-|ratio|vr|active)"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as written: what stands before its braces, and what inside."""

    prelude: str
    body: str

    @property
    def is_group(self) -> bool:
        """Whether the body holds rules itself (``@media``, ``@supports``)."""
        return self.prelude.startswith(("@media", "@supports"))

    def __str__(self) -> str:
        return f"{self.prelude}{{{self.body}}}"


def words_in(*texts: str) -> frozenset[str]:
    """Return every word that could be the name of a class in these templates and scripts."""
    return frozenset(word for text in texts for word in _WORD.findall(text))


def rules(css: str) -> Iterator[Rule]:
    """Split a style sheet into its outermost rules; statements without braces are left out."""
    css, start, depth, opened = _COMMENT.sub("", css), 0, 0, 0
    for match in re.finditer(r"[{};]", css):
        sign, at = match.group(), match.start()
        if sign == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield Rule(css[start:opened].strip(), css[opened + 1 : at].strip())
                start = at + 1
        elif depth == 0:
            start = at + 1


def purged(css: str, used: frozenset[str]) -> str:
    """Return the style sheet without rules for classes that are not among the words in use."""
    return "".join(_kept(rule, used) for rule in rules(css))


def _kept(rule: Rule, used: frozenset[str]) -> str:
    if rule.is_group:
        inner = purged(rule.body, used)
        return f"{rule.prelude}{{{inner}}}" if inner else ""
    if rule.prelude.startswith("@"):
        return str(rule) if rule.prelude.startswith("@font-face") else ""
    selectors = [text for text in rule.prelude.split(",") if _is_in_use(text, used)]
    return f"{','.join(selectors)}{{{rule.body}}}" if selectors else ""


def _is_in_use(selector: str, used: frozenset[str]) -> bool:
    return not _UNUSED.search(selector) and all(name in used for name in _CLASS.findall(selector))


def with_system_theme(css: str) -> str:
    """Return the style sheet with each rule for the dark theme repeated for ``auto`` where the system is dark."""
    return css + "@media (prefers-color-scheme:dark){" + "".join(_dark(rules(css))) + "}"


def _dark(found: Iterator[Rule]) -> Iterator[str]:
    for rule in found:
        if rule.is_group:
            inner = "".join(_dark(rules(rule.body)))
            if inner:
                yield f"{rule.prelude}{{{inner}}}"
        elif _DARK.search(rule.prelude):
            selectors = [text for text in rule.prelude.split(",") if _DARK.search(text)]
            yield _DARK.sub("[data-bs-theme=auto]", ",".join(selectors)) + f"{{{rule.body}}}"
