"""The command line. Each command imports what it needs when it is called: help stays quick."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.places import data_folder
from deploy.samlad.refusal import CannotError

app = typer.Typer(
    name="samlad",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Samlad: agencies of a city district work on the same picture of safety.",
)

Data = Annotated[
    Path | None, typer.Option(help="Folder of the running system.", file_okay=False, metavar="DIR")
]


@app.callback()
def samlad() -> None:
    """Exit codes: 0 done, 1 failed, 2 usage, 3 cannot be fetched, 4 not running, 5 refused."""


@app.command()
def stack(data: Data = None) -> None:
    """Start Kafka and MongoDB alone, for development, and keep them until Ctrl-C."""
    from deploy.samlad.stack.bare import run

    run(data_folder(data))


def main() -> None:
    """Run the command line; what cannot be done is one sentence and its exit code."""
    try:
        app(prog_name="samlad")
    except CannotError as error:
        print(f"samlad: {error}", file=sys.stderr)
        sys.exit(error.code)
