"""Commands for API keys; a key is shown once and kept as its SHA-256."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data
from deploy.samlad.places import data_folder
from deploy.samlad.refusal import CannotError, Exit

File = Annotated[
    Path | None, typer.Option("--file", help="Key file; else that of the data folder.")
]

app = typer.Typer(name="keys", no_args_is_help=True, help="API keys of agencies.")


@app.command()
def create(  # noqa: PLR0913 - the options of one command
    agency: Annotated[str, typer.Argument(help="Code of the agency.")],
    role: Annotated[str, typer.Argument(help="Role it acts in.")],
    *,
    kind: Annotated[str, typer.Option(help="test, team or live.")] = "test",
    days: Annotated[int, typer.Option(help="Days until it expires.", min=1, max=730)] = 180,
    label: Annotated[str, typer.Option(help="What it is for; no names of persons.")] = "",
    file: File = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Make a key and show it, once."""
    from deploy.samlad import say
    from deploy.samlad.keyring import add

    key, record = add(_file(file, data), agency, role, kind=kind, days=days, label=label)
    if json:
        say.as_json({"key": key, **record.model_dump(mode="json")})
    else:
        print(key)
        say.progress(f"{record.agency}, {record.role}, until {record.expires:%Y-%m-%d}")


@app.command(name="list")
def list_(*, file: File = None, data: Data = None, json: AsJson = False) -> None:
    """Show the keys: whose, for what, until when; never the keys themselves."""
    from deploy.samlad import say
    from deploy.samlad.keyring import listed

    rows = listed(_file(file, data))
    (say.as_json if json else say.table)(rows)


@app.command()
def revoke(
    fingerprint: Annotated[str, typer.Argument(help="First characters of its fingerprint.")],
    *,
    file: File = None,
    data: Data = None,
) -> None:
    """Make a key worthless from now on."""
    from deploy.samlad import say
    from deploy.samlad.keyring import remove

    record = remove(_file(file, data), fingerprint)
    say.progress(f"revoked: {record.agency}, {record.role}")


def _file(file: Path | None, data: Path | None) -> Path:
    path = file or data_folder(data) / "keys.json"
    if not path.parent.is_dir():
        raise CannotError(f"There is no folder {path.parent}.", Exit.USAGE)
    return path
