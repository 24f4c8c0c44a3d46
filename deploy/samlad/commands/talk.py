"""Commands that speak with a running system through its public APIs: import, submit."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data, Key, Url
from deploy.samlad.places import data_folder

import_app = typer.Typer(name="import", no_args_is_help=True, help="Files of other publishers.")

InputFile = Annotated[Path, typer.Argument(help="File, or - for standard input.")]


@import_app.command(name="bra-sol")
def bra_sol(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, but keep nothing.")] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Import a database file of Brå (SOL) and tell what was taken, what was skipped and why."""
    from deploy.samlad import say
    from deploy.samlad.door import open_door
    from deploy.samlad.imports import account, send

    door = open_door(url, key, folder=data_folder(data), actor=("DISTRICT_COORD", "ANALYST"))
    answer = send(door, file, source="bra-sol", dry_run=dry_run)
    if json:
        say.as_json(answer)
    else:
        print("\n".join(account(answer, dry_run=dry_run)))


def submit(
    file: InputFile,
    *,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Send concerns: a file (or - for standard input) with one JSON object, a list, or lines."""
    from deploy.samlad import say
    from deploy.samlad.door import open_door
    from deploy.samlad.submission import read, send

    door = open_door(url, key, folder=data_folder(data), actor=("FIELD_WORKERS", "REPORTER"))
    say.as_json([send(door, concern) for concern in read(file)])
