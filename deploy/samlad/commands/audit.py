"""Commands for intake's audit trail: prove that it is whole, and show it."""

from datetime import datetime
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data
from deploy.samlad.places import data_folder
from deploy.samlad.refusal import Exit

app = typer.Typer(name="audit", no_args_is_help=True, help="Who read or changed what is kept.")


@app.command()
def verify(
    *,
    noted: Annotated[
        str | None, typer.Option(help="A head noted before, which must still be part of it.")
    ] = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Go through every line: exit code 1 if one was changed, removed, inserted, moved or cut off.

    An empty trail is held against what is kept: decisions and API keys cannot be without a line.

    Note the head it tells outside this system: with it even an old copy put back is found.
    """
    from deploy.samlad import say
    from deploy.samlad.auditing import verdict, verified

    found = verified(data_folder(data), noted)
    told = verdict(found)
    if json:
        say.as_json(told)
    else:
        say.progress(f"{told['lines']} lines, head {told['head']}")
        if told["found"]:
            say.table(told["found"])
        say.progress(found.warning or ("the trail is whole" if found.whole else "it is not whole"))
    if not found.whole:
        raise typer.Exit(Exit.FAILED)


@app.command()
def show(
    *,
    subject: Annotated[str | None, typer.Option(help="Only about this id or code.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Only since then, UTC.")] = None,
    limit: Annotated[int, typer.Option(help="The newest, at most.", min=1)] = 200,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Show lines, oldest first; that they were shown is a line of its own."""
    from deploy.samlad import say
    from deploy.samlad.auditing import shown

    rows = shown(data_folder(data), subject, since, limit=limit)
    (say.as_json if json else say.table)(rows)
