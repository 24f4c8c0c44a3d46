"""Commands for the vault: another master key."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data
from deploy.samlad.places import data_folder
from deploy.samlad.refusal import Exit

app = typer.Typer(name="vault", no_args_is_help=True, help="The vault of the narratives.")


@app.callback()
def _group() -> None:
    """Have the one command named as a sub-command."""


@app.command()
def rotate(
    *,
    new_key_file: Annotated[
        Path, typer.Option(help="File of the new key; made if there is none.", dir_okay=False)
    ],
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Wrap every data key with a new master key; broken off, it goes on where it stopped.

    Refuses (5) while a running intake does not know the new key, and says which settings to set.
    """
    from deploy.samlad import say
    from deploy.samlad.rotating import rotate as run

    done = run(data_folder(data), new_key_file.resolve())
    if json:
        say.as_json(done)
    else:
        say.table([done])
    if done["unreadable"]:
        raise typer.Exit(Exit.FAILED)
