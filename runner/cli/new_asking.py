"""Ask for what a new form needs, line by line, on any pair of streams. Writes nothing but questions."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TextIO, TypeVar

from connectors.spi import Argument, Verb
from forms.editing.drafted_fields import field_for
from forms.editing.drafting import (
    TARGET_KINDS,
    Doing,
    Draft,
    Given,
    arguments_to_give,
    attributes_that_fit,
    id_from,
    settable,
    usual,
)
from runner.cli.new_desk import NewDesk
from runner.cli.new_rules import NewFormError, check_passwords, checked_constant, checked_id, checked_title

T = TypeVar("T")
TICKETS = ("off", "optional", "required")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Questions and answers; a question is asked again until its answer will do. Raises `EOFError` at the end of input."""

    reading: TextIO
    writing: TextIO

    def say(self, text: str) -> None:
        """Print a line."""
        self.writing.write(f"{text}\n")
        self.writing.flush()

    def ask(self, question: str, check: Callable[[str], T], default: str = "") -> T:
        """Ask until ``check`` takes the answer; it raises `NewFormError` with the reason why not."""
        while True:
            colon = "" if question.endswith("?") and not default else ":"
            self.writing.write(f"{question}{f' [{default}]' if default else ''}{colon} ")
            self.writing.flush()
            line = self.reading.readline()
            if not line:
                raise EOFError
            try:
                return check(line.strip() or default)
            except NewFormError as reason:
                self.say(f"  {reason}")

    def choose(self, question: str, choices: Sequence[tuple[str, str]], default: str = "") -> str:
        """Let one of several be chosen, by number or by name; each is a name with its meaning."""
        self._list(choices)
        return self.ask(question, lambda text: _one(text, choices), default)

    def choose_several(self, question: str, choices: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """Let at least one be chosen, by numbers or names with blanks or commas between them."""
        self._list(choices)
        return self.ask(question, lambda text: _several(text, choices))

    def _list(self, choices: Sequence[tuple[str, str]]) -> None:
        for number, (name, meaning) in enumerate(choices, 1):
            self.say(f"  {number:>2}  {name}{f'  - {meaning}' if meaning else ''}")


def _one(text: str, choices: Sequence[tuple[str, str]]) -> str:
    if text.isdecimal() and 1 <= int(text) <= len(choices):
        return choices[int(text) - 1][0]
    if text in [name for name, _ in choices]:
        return text
    raise NewFormError(f"Type a number from 1 to {len(choices)}, or one of the names.")


def _several(text: str, choices: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise NewFormError("Choose at least one.")
    return tuple(dict.fromkeys(_one(word, choices) for word in words))


def ask_for_draft(desk: NewDesk, begun: Draft, dialogue: Dialogue) -> Draft:
    """Return a draft made of answers; what ``begun`` has already is not asked for."""
    title = begun.title or dialogue.ask("What shall the form be called?", checked_title)
    draft = replace(begun, title=title)
    if not draft.id:
        proposed = id_from(title)
        draft = replace(
            draft, id=dialogue.ask("Its id, also the file name", lambda text: checked_id(desk, text), proposed)
        )
    kinds = [*TARGET_KINDS.items(), ("nothing", "it creates something")]
    dialogue.say("What does it act on?")
    kind = draft.target or dialogue.choose("Number", [one for one in kinds if desk.verbs_for(_target(one[0]))])
    draft = replace(draft, target=_target(kind))
    verbs = desk.verbs_for(draft.target)
    dialogue.say("What shall it do? Several may be chosen, in their order, such as  1 3 .")
    chosen = dialogue.choose_several("Numbers", [(verb.name, verb.meaning) for verb in verbs])
    draft = replace(draft, doings=tuple(_ask_doing(desk, draft, desk.verbs[name], dialogue) for name in chosen))
    return _ask_rest(desk, draft, dialogue)


def _target(kind: str) -> str:
    return "" if kind == "nothing" else kind


def _ask_doing(desk: NewDesk, draft: Draft, verb: Verb, dialogue: Dialogue) -> Doing:
    check_passwords(desk, verb)
    given: dict[str, Given] = {}
    for argument in arguments_to_give(verb):
        if argument.type == "map":
            given |= _ask_attributes(desk, draft, verb, dialogue)
        else:
            given[argument.name] = _ask_given(desk, draft, verb, argument, dialogue)
    return Doing(verb, given)


def _ask_attributes(desk: NewDesk, draft: Draft, verb: Verb, dialogue: Dialogue) -> dict[str, Given]:
    known = settable(verb)
    dialogue.say(f"Which attributes shall {verb.name} set?")
    names = dialogue.choose_several("Numbers", [(name, argument.meaning) for name, argument in known.items()])
    return {f"set.{name}": _ask_given(desk, draft, verb, known[name], dialogue, "set.") for name in names}


def _ask_given(
    desk: NewDesk, draft: Draft, verb: Verb, argument: Argument, dialogue: Dialogue, prefix: str = ""
) -> Given:
    """Ask how an argument is answered, unless there is only one way."""
    common = usual(verb, argument, draft.target)
    if common.source == "target" or argument.type == "secret":
        return common
    attributes = attributes_that_fit(argument, draft.target)
    ways = [("question", "whoever fills the form in answers it")] if field_for(argument) else []
    ways += [("target", "it is an attribute of what the form acts on")] if attributes else []
    ways += [("constant", "it is always the same")]
    dialogue.say(f"{verb.name}: where does {argument.name} come from? ({argument.meaning})")
    way = ways[0][0] if len(ways) == 1 else dialogue.choose("Number", ways, ways[0][0])
    if way == "question":
        return Given("question")
    if way == "target":
        return Given("target", dialogue.choose("Attribute", [(name, "") for name in attributes]))
    check = partial(checked_constant, desk, draft, verb, f"{prefix}{argument.name}")
    return Given("constant", dialogue.ask(f"The value of {argument.name}", check))


def _ask_rest(desk: NewDesk, draft: Draft, dialogue: Dialogue) -> Draft:
    if any(doing.verb.caller_check for doing in draft.doings) and not draft.verify:
        dialogue.say("This is done for a caller. How is the caller checked?")
        policies = [*desk.verification.items(), ("none", "not at all; you say why")]
        policy = dialogue.choose("Number", policies, desk.default_verification)
        draft = replace(draft, verify=policy)
    if draft.verify == "none" and not draft.because:
        draft = replace(draft, because=dialogue.ask("Why is nobody checked?", checked_title))
    sets = desk.sets_for(draft.target) if draft.target else ()
    if sets and not draft.within:
        dialogue.say("Which resource set may it reach? access.yaml limits it further.")
        everything = ("all", "whatever access.yaml gives")
        within = dialogue.choose(
            "Number", [everything, *((name, desk.policy.sets[name].title) for name in sets)], "all"
        )
        draft = replace(draft, within="" if within == "all" else within)
    if not draft.ticket:
        dialogue.say("Is a ticket number asked for?")
        draft = replace(draft, ticket=dialogue.choose("Number", [(word, "") for word in TICKETS], "optional"))
    return draft
