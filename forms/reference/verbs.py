"""The pages of the reference about verbs, permissions and attributes. Pure."""

from collections.abc import Mapping

from connectors.spi import Argument, Verb
from connectors.verbs import ATTRIBUTES, HARD_ATTRIBUTES, PERMISSIONS
from forms.reference.examples import Examples, shown
from forms.reference.markdown import anchor, block, code, listed, table

_TOP = """# Verbs

A verb is one thing a connector can do. An operation of a form names it under `do:` and gives its arguments under `with:`.
Permissions are not written in forms: each verb says which the agent must hold, and on which of its arguments, and all of them
are decided on when something is picked, when the plan is made and again just before it is done."""


def verbs_page(verbs: Mapping[str, Verb], examples: Examples) -> str:
    """Return the page about verbs: all of them in a table, then each with its arguments and an example."""
    overview = table(
        ("verb", "what it does", "taken back by"),
        ((f"[`{name}`](#{anchor(name)})", verb.meaning, _inverse(verb)) for name, verb in verbs.items()),
    )
    return "\n\n".join([_TOP, overview, *(verb_part(verb, examples) for verb in verbs.values())]) + "\n"


def _inverse(verb: Verb) -> str:
    if verb.inverse is None:
        return "–"
    return code(verb.inverse) if "." in verb.inverse else verb.inverse


def verb_part(verb: Verb, examples: Examples) -> str:
    """Return the part of the page about one verb: its arguments, what it needs, an example."""
    parts = [f"## {verb.name}", f"{verb.meaning}.", _arguments(verb)]
    needs = ", ".join(f"{code(need.permission)} on {code(need.on)}" for need in verb.needs) or "nothing"
    notes = [f"Needs {needs}."]
    if verb.gives:
        notes.append(f"Gives {', '.join(f'{code(name)} ({kind})' for name, kind in verb.gives.items())}.")
    notes.append(f"Taken back by {_inverse(verb)}." if verb.inverse else "Cannot be taken back.")
    if verb.caller_check:
        notes.append("Done for a caller: the form says how the caller is checked.")
    if not verb.idempotent:
        notes.append("Not repeated when its outcome is unclear.")
    parts.append(" ".join(notes))
    if verb.name in examples.verbs:
        parts.append(block(shown(examples.verbs[verb.name])))
    return "\n\n".join(parts)


def _arguments(verb: Verb) -> str:
    rows = ((code(each.name), _taken(each), "yes" if each.needed else "", each.meaning) for each in verb.arguments)
    return table(("argument", "takes", "needed", "meaning"), rows)


def _taken(argument: Argument) -> str:
    if argument.one_of:
        return listed(argument.one_of)
    many, _, kind = argument.type.rpartition(":")
    return f"list of {kind}" if many else kind


def permissions_page() -> str:
    """Return the page about permissions."""
    rows = (
        (code(name), meaning, ", ".join(kind or "the whole desk" for kind in kinds))
        for name, (kinds, meaning) in PERMISSIONS.items()
    )
    top = (
        "# Permissions\n\nWhat a role in `access.yaml` may consist of. A permission counts on the things of the "
        "resource sets it is bound to, and only if they are of its kind; one about forms that is given without resource "
        "sets counts on every form."
    )
    return f"{top}\n\n{table(('permission', 'what it allows', 'on'), rows)}\n"


def attributes_page() -> str:
    """Return the page about attributes."""
    top = (
        "# Attributes\n\nThe same names on every directory and mail system. Those marked can be set by an update verb; "
        "the others change by verbs of their own."
    )
    parts = [top]
    for kind, attributes in ATTRIBUTES.items():
        rows = (
            (code(each.name), each.label, code(each.type), "yes" if each.settable else "")
            for each in attributes.values()
        )
        parts.append(f"## {kind}\n\n{table(('attribute', 'label', 'type in conditions', 'can be set'), rows)}")
    parts.append(f"## Never set by a form\n\n{listed(sorted(HARD_ATTRIBUTES, key=str.casefold))}")
    return "\n\n".join(parts) + "\n"
