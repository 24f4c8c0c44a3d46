"""Commands for the topics: say what differs from their description, and mend it."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import AsJson, Data
from deploy.samlad.places import data_folder
from deploy.samlad.refusal import CannotError, Exit

app = typer.Typer(
    name="topics", no_args_is_help=True, help="Topics on Kafka, as deploy/kafka/topics.yaml."
)

Kafka = Annotated[
    str | None,
    typer.Option(
        help="Bootstrap servers, with commas; else those of the running system.",
        envvar="SAMLAD_KAFKA",
        show_envvar=True,
    ),
]


@app.command()
def apply(
    *,
    kafka: Kafka = None,
    replication: Annotated[int, typer.Option(help="Copies of each record.", min=1)] = 1,
    shorten: Annotated[
        bool, typer.Option("--shorten", help="Keep records shorter too: Kafka deletes.")
    ] = False,
    data: Data = None,
    json: AsJson = False,
) -> None:
    """Make the topics that are missing, and change the settings that differ."""
    import asyncio
    from dataclasses import asdict

    from deploy.samlad import say
    from deploy.samlad.topics import apply as make

    bootstrap = _bootstrap(kafka, data)
    made = asyncio.run(make(bootstrap, replication=replication, shorten=shorten))
    (say.as_json if json else say.table)([asdict(each) for each in made])
    if any(not each.well for each in made):
        raise typer.Exit(Exit.FAILED)


@app.command()
def diff(*, kafka: Kafka = None, data: Data = None, json: AsJson = False) -> None:
    """Say what differs from the description; exit code 1 when anything does."""
    import asyncio
    from dataclasses import asdict

    from deploy.samlad import say
    from deploy.samlad.topics import diff as compare

    found = asyncio.run(compare(_bootstrap(kafka, data)))
    if json:
        say.as_json([asdict(each) for each in found])
    elif found:
        say.table([asdict(each) for each in found])
    else:
        say.progress("the topics are as described")
    if found:
        raise typer.Exit(Exit.FAILED)


def _bootstrap(kafka: str | None, data: Path | None) -> list[str]:
    from deploy.samlad.stack.state import State

    if kafka:
        return [each.strip() for each in kafka.split(",")]
    state = State.read(data_folder(data))
    if state is None or not state.alive():
        raise CannotError("No system runs here; give --kafka.", Exit.NOT_RUNNING)
    return state.kafka
