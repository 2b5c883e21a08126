"""The command ``deskhand``: every subcommand, and what their exit codes mean.

0 done; 1 the answer is no (problems found, refused, not verified); 2 wrong usage; 3 the installation is not usable as it
is; 4 a system outside is not reachable; 5 the outcome is unclear, or Deskhand has a fault; 130 stopped from the keyboard.
"""

import json
import os
import sys
from itertools import pairwise
from typing import TextIO

import click

from connectors.errors import ConnectorError, RejectedError, UnknownOutcomeError
from connectors.registry import RegistryError
from forms.errors import AnswersError, DefinitionError
from runner.cli.loading import MODULES, CommandsByName
from runner.cli.telling import inert
from runner.errors import NotDurableError, PolicyError, RunnerError, SetUpError, UnknownNameError, untold
from runner.settings.reading import SETTINGS_FILE

EXIT_NO, EXIT_USAGE, EXIT_SET_UP, EXIT_UNREACHABLE, EXIT_UNCLEAR, EXIT_STOPPED = 1, 2, 3, 4, 5, 130

# The first that fits decides.
_EXITS: tuple[tuple[tuple[type[Exception], ...], int], ...] = (
    ((UnknownNameError,), EXIT_USAGE),
    ((SetUpError, PolicyError, NotDurableError, RegistryError), EXIT_SET_UP),
    ((RunnerError, AnswersError, DefinitionError, RejectedError), EXIT_NO),
    ((UnknownOutcomeError,), EXIT_UNCLEAR),
    ((ConnectorError,), EXIT_UNREACHABLE),
    ((OSError,), EXIT_SET_UP),
)


@click.group(cls=CommandsByName, modules=MODULES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deskhand")
def cli() -> None:
    """Forms for the helpdesk: the agent fills one in, the right change happens in the directory."""


def main() -> None:
    """Run the command line; every refusal is one sentence on standard error and an exit code.

    Where ``--json`` is asked for, the sentence stands in ``{"error": …}`` on standard output instead.
    """
    _print_any_letter(sys.stdout)
    _print_any_letter(sys.stderr)
    sys.exit(_run())


def _run() -> int:
    try:
        done = cli.main(prog_name="deskhand", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _tell("Stopped.")
        return EXIT_STOPPED
    except click.ClickException as error:
        if _wants_json():
            _tell(error.format_message())
        else:
            error.show()
        return error.exit_code
    except UnicodeEncodeError:
        _tell("What was typed holds a character that cannot be stored.")
        return EXIT_NO
    except BrokenPipeError:
        # Who read our output has seen enough; what is left to flush at the end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_NO
    except tuple(kind for kinds, _ in _EXITS for kind in kinds) as error:
        _tell(_sentence(error))
        return next(code for kinds, code in _EXITS if isinstance(error, kinds))
    except Exception as error:
        _tell(f"This is a fault of Deskhand, and it is unclear how far it came. See: deskhand doctor ({untold(error)})")
        return EXIT_UNCLEAR
    return done if isinstance(done, int) else 0  # click returns the code of an Exit that a command raised


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, NotDurableError) and (failed := getattr(error.__cause__, "orig", None)):
        reason = " ".join(str(failed).partition("\nDETAIL:")[0].split())  # PostgreSQL quotes the row there
        return f"{error} ({reason}). See [store] in {SETTINGS_FILE}: the disk, the rights, and who else writes there."
    return str(error)


def _print_any_letter(stream: TextIO) -> None:
    """Let a terminal that cannot show a letter get a question mark instead of a traceback."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")


def _wants_json() -> bool:
    words = sys.argv[1:]
    return "--json" in words or "--format=json" in words or ("--format", "json") in pairwise(words)


def _tell(sentence: str) -> None:
    if _wants_json():
        click.echo(json.dumps({"error": sentence}, ensure_ascii=False))
    else:
        click.echo(f"deskhand: {inert(sentence)}", err=True)


if __name__ == "__main__":
    main()
