"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None, typer.Option(help="Folder of the running system.", file_okay=False, metavar="DIR")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
Port = Annotated[int | None, typer.Option(help="Port of the front door.", min=1, max=65535)]
Url = Annotated[str | None, typer.Option(help="Address of the front door.")]
Key = Annotated[
    str | None, typer.Option(help="API key.", envvar="SAMLAD_KEY", show_envvar=True, metavar="KEY")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="File with the API key.", exists=True, dir_okay=False, metavar="FILE"),
]
