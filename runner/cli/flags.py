"""Options that several commands share, and that need nothing but click."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import click

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

desk_option: Decorator = click.option(
    "--desk",
    "desk_path",
    default=".",
    envvar="DESKHAND_DESK",
    show_default=True,
    type=click.Path(path_type=Path, readable=False),
    help="The desk folder; also DESKHAND_DESK.",
)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
