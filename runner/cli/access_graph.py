"""Commands for who can reach what: graph, paths."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from runner.access.graph.building import Built
from runner.access.graph.carriers import Carriers
from runner.access.graph.choosing import chosen
from runner.access.graph.expanding import MOST_EDGES, Expanding
from runner.access.graph.model import Edge
from runner.access.graph.paths import MOST_PATHS
from runner.cli.access import access
from runner.cli.fixture_alone import fixture_alone
from runner.cli.options import desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.cli.whole_files import whole_file
from runner.counting import counted
from runner.delegation.census import take_census
from runner.delegation.graphs.graphing import USUAL_PATHS, paths_in, read_graph
from runner.delegation.graphs.opengraph import definition, edges_between, pieces
from runner.delegation.graphs.pages import PathsPage
from runner.journal.records import JSON, Record
from runner.pipeline.services import Services

fixture_option = click.option(
    "--fixture",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The company of a fixture file, with the forms and access.yaml around it, instead of a desk.",
)


@access.command("graph")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A file; standard output when left out.")
@click.option("--all", "everything", is_flag=True, help="Also people, mailboxes and computers that no binding reaches.")
@click.option("--expand", is_flag=True, help=f"Also every power from person to object, {MOST_EDGES:,} at most.")
@click.option(
    "--definition", "only_kinds", is_flag=True, help="Write what tells BloodHound of the kinds, and no graph."
)
@fixture_option
@desk_option
def graph(
    output: Path | None, everything: bool, expand: bool, only_kinds: bool, fixture: Path | None, desk_path: Path
) -> None:
    """Write who can reach what as a graph that BloodHound reads (OpenGraph JSON).

    The graph tells a lot of the directory: keep the file as you would keep the directory. The export of a desk is recorded
    in its journal first.
    """
    if only_kinds:
        _write(output, [json.dumps(definition(), ensure_ascii=False, indent=2).encode("utf-8"), b"\n"])
        return
    with _services(fixture, desk_path) as services:
        built = read_graph(services)
        kept = chosen(built, everything=everything)
        more, is_cut = _expanded(services, built, kept) if expand else ((), False)
        edges = sum(1 for _ in edges_between(built.graph, kept)) + len(more)
        if fixture is None:
            _record(services, {"nodes": len(kept), "edges": edges, "expanded": expand})
        _write(output, pieces(built, kept, more))
    click.echo(f"{counted(len(kept), 'node')} and {counted(edges, 'edge')} written.", err=True)
    if is_cut:
        click.echo(f"Cut: of the powers from person to object only the first {MOST_EDGES:,} are written.", err=True)


def _expanded(services: Services, built: Built, kept: frozenset[int]) -> tuple[Sequence[Edge], bool]:
    authority = services.authority.current()
    census = take_census(services.connectors, (authority.resolved.policy,))
    carriers = Carriers.of(services.catalogue.forms.values())
    expanding = Expanding(authority, carriers, census, built.graph, services.now())
    people = sorted(built.landscape.principals)
    edges = [edge for edge in expanding.edges(people) if edge.start in kept and edge.end in kept]
    return edges, expanding.is_cut


@access.command("paths")
@click.option("--from", "start", required=True, help="A login, a group, client:NAME, or everyone.")
@click.option("--to", "goal", required=True, help="A login, a group, role:ID, set:ID, protected, or rights.")
@click.option("--form", default="", help="Only by what this form carries out.")
@click.option(
    "--all", "most", default=USUAL_PATHS, show_default=True, type=click.IntRange(1, MOST_PATHS),
    help="How many of the shortest paths are told.",
)  # fmt: skip
@fixture_option
@desk_option
@json_option
def paths(start: str, goal: str, form: str, most: int, fixture: Path | None, desk_path: Path, as_json: bool) -> None:
    """Tell the shortest ways by which somebody could come to have what they do not hold.

    Exit 0 when there is none, 1 when there is one, 2 when an end is not known: "--from everyone --to protected" is a
    check for a script.
    """
    with _services(fixture, desk_path) as services:
        page = paths_in(read_graph(services), start, goal, form=form, most=most)
    if page.trouble:
        raise click.UsageError(page.trouble)
    if as_json:
        click.echo(json.dumps(asdict(page), ensure_ascii=False, indent=2))
    else:
        for line in _lines(page):
            tell(line)
    if page.paths:
        raise click.exceptions.Exit(1)


def _lines(page: PathsPage) -> Iterator[str]:
    within = f" by the form {page.form}" if page.form else ""
    if not page.paths:
        yield f"No path leads from {page.start} to {page.goal}{within}."
        yield f"{counted(page.reached, 'person', 'people')} can be reached from {page.start} in some way."
        return
    yield f"The shortest way from {page.start} to {page.goal}{within}:"
    for number, path in enumerate(page.paths, 1):
        yield ""
        for place, step in enumerate(path.steps, 1):
            mark = f"{number}." if place == 1 else "  "
            yield f"{mark} {'' if place == 1 else '→ '}{step.sentence}"
    if page.more:
        yield ""
        yield "There are more of the same length: --all N tells more of them."


@contextmanager
def _services(fixture: Path | None, desk_path: Path) -> Iterator[Services]:
    if fixture is not None:
        with fixture_alone(fixture) as world:
            for note in world.trouble:
                click.echo(note, err=True)
            yield world.services
    else:
        with installation_at(desk_path) as installation:
            yield installation.services


def _record(services: Services, counts: dict[str, JSON]) -> None:
    body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": "export access graph", **counts}
    services.store.journal.append([Record("export", services.clock(), body)])


def _write(output: Path | None, content: Iterator[bytes] | Sequence[bytes]) -> None:
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(content)
        sys.stdout.buffer.flush()
        return
    if output.is_file() or not output.exists():
        with whole_file(output) as stream:
            stream.writelines(content)
    else:
        with click.open_file(str(output), "wb") as stream:
            stream.writelines(content)


COMMANDS: tuple[click.Command, ...] = ()
