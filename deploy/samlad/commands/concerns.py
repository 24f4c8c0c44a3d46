"""Commands for files of concerns: import what others wrote down, export one's own."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from deploy.samlad.commands.options import AsJson, Data, Key, KeyFile, Url
from deploy.samlad.commands.talk import import_app
from deploy.samlad.places import data_folder
from deploy.samlad.refusal import CannotError, Exit

export_app = typer.Typer(name="export", no_args_is_help=True, help="One's own data as files.")

ACTOR = ("FIELD_WORKERS", "REPORTER")


@import_app.command(name="concerns")
def import_concerns(  # noqa: PLR0913 - the options of one command
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    by: Annotated[
        Path | None, typer.Option("--map", help="TOML: columns, constants, values, dates.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try, but keep nothing.")] = False,
    url: Url = None,
    key: Key = None,
    key_file: KeyFile = None,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Import a CSV file of concerns and tell what became of each row; repeats add nothing.

    A dry run asks a system that runs what it would do, and reads the file alone where none does.
    """
    from deploy.samlad import concern_files, say
    from deploy.samlad.door import open_door

    rows = concern_files.read_rows(file, by)
    try:
        door = open_door(url, _key(key, key_file), folder=data_folder(data), actor=ACTOR)
    except CannotError as error:
        if not dry_run or error.code != Exit.NOT_RUNNING:
            raise
        say.progress("no system runs here: only the file itself is read")
        sent = concern_files.Sent(concern_files.checked(rows))
    else:
        sent = concern_files.send(door, rows, dry_run=dry_run)
    if json:
        say.as_json(concern_files.report(file, sent.rows, dry_run=dry_run))
    else:
        heads = concern_files.read_heads(file, by)
        print("\n".join(concern_files.account(sent, heads, dry_run=dry_run)))
    if sent.trouble:
        raise sent.trouble
    if not concern_files.all_good(sent.rows):
        raise typer.Exit(Exit.FAILED)


@export_app.command(name="concerns")
def export_concerns(  # noqa: PLR0913 - the options of one command
    *,
    form: Annotated[
        Literal["csv", "xlsx", "geojson"], typer.Option("--format", help="Kind of file.")
    ] = "csv",
    since: Annotated[str | None, typer.Option("--from", help="Seen from: 2026-06-01.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Seen through: 2026-06-30.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File; else standard output.", dir_okay=False)
    ] = None,
    url: Url = None,
    key: Key = None,
    key_file: KeyFile = None,
    data: Data = None,
) -> None:
    """Write one's own concerns to a file: coded fields and references, never a narrative."""
    from deploy.samlad import say
    from deploy.samlad.concern_files import fetch
    from deploy.samlad.door import open_door

    if out is None and form == "xlsx" and sys.stdout.isatty():
        raise CannotError("An XLSX file is not for a terminal; give --out.", Exit.USAGE)
    door = open_door(url, _key(key, key_file), folder=data_folder(data), actor=ACTOR)
    content = fetch(door, form, since, until)
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        out.write_bytes(content)
        say.progress(f"{out}: {len(content)} bytes")


def _key(key: str | None, file: Path | None) -> str | None:
    return file.read_text("utf-8").strip() if file else key
