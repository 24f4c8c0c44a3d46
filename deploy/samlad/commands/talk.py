"""Commands that speak with a running system through its public APIs: import, submit."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import Data, Key, Url
from deploy.samlad.commands.statistics import add_to
from deploy.samlad.places import data_folder

import_app = typer.Typer(name="import", no_args_is_help=True, help="Files of other publishers.")

InputFile = Annotated[Path, typer.Argument(help="File, or - for standard input.")]
add_to(import_app)


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
