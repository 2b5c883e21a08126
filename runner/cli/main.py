"""The command ``deskhand``: every subcommand, and what their exit codes mean.

0 done; 1 the answer is no (problems found, refused, not verified); 2 wrong usage; 3 the installation is not usable as it
is; 4 a system outside is not reachable; 5 the outcome is unclear.
"""

import sys

import click

from connectors.errors import ConnectorError, RejectedError
from forms.errors import AnswersError, DefinitionError
from runner.cli.accounts import COMMANDS as ACCOUNTS
from runner.cli.forms import COMMANDS as FORMS
from runner.cli.journal import COMMANDS as JOURNAL
from runner.cli.operating import COMMANDS as OPERATING
from runner.cli.people import COMMANDS as PEOPLE
from runner.cli.submitting import COMMANDS as SUBMITTING
from runner.errors import NotDurableError, RunnerError, SetUpError

EXIT_NO, EXIT_SET_UP, EXIT_UNREACHABLE = 1, 3, 4


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="deskhand")
def cli() -> None:
    """Forms for the helpdesk: the agent fills one in, the right change happens in the directory."""


for command in (*OPERATING, *FORMS, *SUBMITTING, *PEOPLE, *ACCOUNTS, *JOURNAL):
    cli.add_command(command)


def main() -> None:
    """Run the command line; every refusal is one sentence on standard error and an exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (SetUpError, NotDurableError) as error:
        _tell(str(error))
        sys.exit(EXIT_SET_UP)
    except (RunnerError, AnswersError, DefinitionError, RejectedError) as error:
        _tell(str(error))
        sys.exit(EXIT_NO)
    except (ConnectorError, OSError) as error:
        _tell(str(error))
        sys.exit(EXIT_UNREACHABLE)


def _tell(sentence: str) -> None:
    click.echo(f"deskhand: {sentence}", err=True)


if __name__ == "__main__":
    main()
