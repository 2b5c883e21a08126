"""The memories give what compiling gives, and only for the same question."""

from collections.abc import Mapping

from jinja2 import DictLoader, Environment
from sqlalchemy import create_engine, literal, select

from connectors.spi import Unkept
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from tests.remembering import CompiledStatements, CompiledTemplates, Loaded, Remembered

FILES = {"settings.yaml": b"format: 1\n", "wrong.form.yaml": b"format: 1\nform: wrong\n"}
UNKEPT = {"user": {"enabled": Unkept("it keeps no such thing")}}


def test_the_same_question_is_answered_from_memory_and_every_other_one_anew() -> None:
    asked = []

    def load(folder: Mapping[str, bytes], *systems: object) -> Loaded:
        asked.append(folder)
        return load_catalogue(folder, *systems)  # type: ignore[arg-type]

    remembered = Remembered(load)
    first = remembered(FILES, DIRECTORY_VERBS)
    assert first[1] == load_catalogue(FILES, DIRECTORY_VERBS)[1] != ()
    assert remembered(dict(FILES), dict(DIRECTORY_VERBS)) is first
    others = ({**FILES, "settings.yaml": b"format: 1\n\n"}, {**FILES, "more.csv": b""}, {})
    assert all(remembered(files, DIRECTORY_VERBS) is not first for files in others)
    assert remembered(FILES, MAILBOX_VERBS) is not first
    assert remembered(FILES, dict(reversed(DIRECTORY_VERBS.items()))) is not first
    assert remembered(FILES, DIRECTORY_VERBS, UNKEPT) is not first
    assert remembered(FILES, DIRECTORY_VERBS) is first
    assert len(asked) == 7


def test_a_template_is_compiled_once_and_anew_when_it_changed() -> None:
    compiled = list[str]()

    class Noting(Environment):
        def _compile(self, source: str, filename: str) -> object:
            compiled.append(filename)
            return super()._compile(source, filename)

    memory = CompiledTemplates()

    def shown(text: str) -> str:
        loader = DictLoader({"page.html": text})
        return (
            Noting(loader=loader, bytecode_cache=memory, autoescape=True).get_template("page.html").render(name="<b>")
        )

    assert [shown("Hello {{ name }}"), shown("Hello {{ name }}")] == ["Hello &lt;b&gt;"] * 2
    assert len(compiled) == 1
    assert shown("Bye {{ name }}") == "Bye &lt;b&gt;"
    assert len(compiled) == 2


def test_a_statement_is_compiled_once_for_all_databases_of_a_kind_and_anew_when_it_is_another() -> None:
    statements = CompiledStatements()

    def asked(*numbers: int) -> tuple[int, ...]:
        engine = create_engine("sqlite://")
        with engine.connect() as connection:
            row = connection.execution_options(compiled_cache=statements).execute(select(*map(literal, numbers))).one()
        engine.dispose()
        return tuple(row)

    assert (asked(1), asked(2), len(statements)) == ((1,), (2,), 1)
    assert (asked(1, 2), len(statements)) == ((1, 2), 2)
