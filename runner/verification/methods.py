"""What a check of a caller says to one person: its words filled in, and whether what it rests on is on file. Pure."""

from dataclasses import dataclass

from connectors.spi import Message, Ref
from forms.answering.situation import Situation, given, in_language
from forms.definition import Method, Text
from forms.expressions import Environment, evaluate, to_text
from runner.access.model import Actor


@dataclass(frozen=True, slots=True)
class Filled:
    """A method for one person. ``is_on_file`` is false when something its words mention is empty for this person."""

    title: str
    asks: tuple[str, ...]
    address: str
    is_on_file: bool


def filled(situation: Situation, method: Method) -> Filled:
    """Fill in a method's title, its boxes and the address its code goes to."""
    environment = situation.environment({})
    to = given(method.to, environment)
    return Filled(
        in_language(method.title, situation.language, environment).strip(),
        tuple(in_language(ask, situation.language, environment) for ask in method.ask),
        to if isinstance(to, str) else "",
        all(_is_whole(text, environment) for text in (method.title, *method.ask)),
    )


def _is_whole(text: Text, environment: Environment) -> bool:
    """Say whether everything a text mentions, in whatever language, has a value."""
    return all(
        to_text(evaluate(part, environment), environment).strip()
        for template in text.languages.values()
        for part in template.parts
        if not isinstance(part, str)
    )


def masked(address: str) -> str:
    """Show enough of an address to recognise it, and no more."""
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}•••{at}{domain}" if at else f"•••{address[-3:]}"


def code_message(situation: Situation, actor: Actor, address: str, code: str, id_: str) -> Message:
    """Return the mail with a code."""
    target = situation.target or Ref("user", "")
    entry = situation.facts.entry(target) if situation.target else None
    name = entry.label if entry else ""
    body = (
        f"Hello {name},\n\n{actor.display_name} of the service desk is asking for this code to make sure that it is "
        f"you who is calling:\n\n    {code[:3]} {code[3:]}\n\nTell it only to the person you have called yourself. "
        "If you did not call, do not give it to anybody and tell the service desk.\n"
    )
    return Message((address,), f"Your code is {code[:3]} {code[3:]}", body, id_)
