"""Commands for retention: what is due to be disposed of, and on the strength of which decision."""

from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data, Key, Url
from deploy.samlad.places import data_folder

app = typer.Typer(name="retention", no_args_is_help=True, help="Disposal by decision.")


@app.callback()
def _group() -> None:
    """Have the one command named as a sub-command."""


@app.command()
def run(
    *,
    carry_out: Annotated[
        bool, typer.Option("--carry-out/--dry-run", help="Dispose; without it only count.")
    ] = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Count by kind what is due; with --carry-out dispose of it. Without a decision nothing goes.

    The decisions stand in the file SAMLAD_RETENTION_FILE of intake. Broken off, run it again.
    """
    from deploy.samlad import say
    from deploy.samlad.door import open_door
    from deploy.samlad.retaining import as_table, dispose

    actor = ("DISTRICT_COORD", "RECORDS_OFFICER")
    door = open_door(url, key, folder=data_folder(data), actor=actor)
    report = dispose(door, carry_out=carry_out)
    if json:
        say.as_json(report)
    else:
        say.table(as_table(report))
