"""Commands that import statistics: one per kind of file, and the list of kinds."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data, Key, Url
from deploy.samlad.file_kinds import KINDS
from deploy.samlad.places import data_folder

StatisticsFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--map", exists=True, dir_okay=False, readable=True, help="Which column is what (TOML)."
    ),
]
FetchedOn = Annotated[
    datetime | None,
    typer.Option(
        "--fetched-on", formats=["%Y-%m-%d"], help="Day the file was fetched from its publisher."
    ),
]
Period = Annotated[
    str | None, typer.Option(help="Year, for files that do not say it.", metavar="PERIOD")
]


def add_to(group: typer.Typer) -> None:
    """Give the group a command for every kind of file, and `--kinds`."""
    group.callback(invoke_without_command=True)(_kinds)
    for kind in KINDS:
        group.command(name=kind.source, help=f"{kind.publisher}: {kind.what}.")(_of(kind.source))


def _kinds(
    *,
    kinds: Annotated[bool, typer.Option("--kinds", help="List the kinds of files.")] = False,
    json: AsJson = False,
) -> None:
    """Files of other publishers."""
    if not kinds:
        return
    from dataclasses import asdict

    from deploy.samlad import say

    rows = [asdict(kind) for kind in KINDS]
    if json:
        say.as_json(rows)
    else:
        say.table(rows)


def _of(source: str) -> Callable[..., None]:
    def command(  # noqa: PLR0913 - each option by its name
        file: StatisticsFile,
        *,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, but keep nothing.")] = False,
        fetched_on: FetchedOn = None,
        mapping: MappingFile = None,
        period: Period = None,
        url: Url = None,
        key: Key = None,
        data: Data = None,
        json: AsJson = False,
    ) -> None:
        from deploy.samlad import say
        from deploy.samlad.door import open_door
        from deploy.samlad.imports import Beside, account, send

        door = open_door(url, key, folder=data_folder(data), actor=("DISTRICT_COORD", "ANALYST"))
        beside = Beside(fetched_on.date() if fetched_on else None, period, mapping)
        answer = send(door, file, source=source, dry_run=dry_run, beside=beside)
        if json:
            say.as_json(answer)
        else:
            print("\n".join(account(answer, dry_run=dry_run)))

    return command
