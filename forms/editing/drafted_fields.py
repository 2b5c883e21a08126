"""Questions of a drafted form: the field that asks for an argument of a verb. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from connectors.spi import Argument

_PLAIN = re.compile(r"[A-Za-z](?:[\w .()/’-]|,(?= ))*", re.ASCII)
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_TYPES = {
    "text": "text",
    "bool": "boolean",
    "number": "number",
    "date": "date",
    "datetime": "datetime",
    "secret": "password",
    "address": "email",
    "choices": "choices",
    "user": "user",
    "group": "group",
    "ou": "ou",
    "computer": "computer",
    "mailbox": "mailbox",
}
PICKERS = frozenset({"user", "group", "ou", "computer", "mailbox"})


@dataclass(frozen=True, slots=True)
class DraftField:
    """A question: ``start`` is the path it starts with, ``policy`` the password policy; ``argument`` is what it answers."""

    id: str
    type: str
    argument: Argument
    is_multiple: bool = False
    start: str = ""
    policy: str = ""

    def called(self, id: str, start: str, policy: str) -> "DraftField":
        """Return the field with an id, the path it starts with, and the password policy."""
        return replace(self, id=id, start=start, policy=policy if self.type == "password" else "")


def field_for(argument: Argument) -> DraftField | None:
    """Return the field that asks for an argument; None when no question can, as for a mail contact."""
    kind = argument.type.removeprefix("list:")
    type_ = _TYPES.get(kind)
    return DraftField(argument.name, type_, argument, kind != argument.type and kind in PICKERS) if type_ else None


def field_lines(field: DraftField) -> Sequence[str]:
    """Return the lines of a field, as an item of ``fields``."""
    label, help_text = _words(field.argument)
    lines = [f"  - id: {field.id}", f"    type: {field.type}", f"    label: {written(label)}"]
    if help_text:
        lines.append(f"    help: {written(help_text)}")
    if field.argument.needed and field.type not in ("boolean", "password"):
        lines.append("    required: true")
    if field.start:
        lines.append(f"    from: {field.start}")
    if field.argument.one_of:
        lines.append(f"    options: [{', '.join(field.argument.one_of)}]")
    if field.policy:
        lines += ["    # Made when the form is sent; settings.yaml says how.", f"    generate: {field.policy}"]
    return [*lines, "    multiple: true"] if field.is_multiple else lines


def _words(argument: Argument) -> tuple[str, str]:
    """Return label and help: the first words of the meaning, and all of it when there is more."""
    if argument.type == "secret":
        return "New password", ""
    label = re.split(r"[,;:(]", argument.meaning)[0].strip() or argument.name.replace("_", " ").capitalize()
    return label, f"{argument.meaning}." if label != argument.meaning else ""


def written(text: str) -> str:
    """Return a text as a YAML value: bare where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS:
        return text
    return text if re.fullmatch(r"\$\([\w.]+\)", text) else json.dumps(text, ensure_ascii=False)
