"""Commands that start something: demo, up, stack, serve, set-up."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.samlad.commands.options import Data, Port
from deploy.samlad.places import data_folder
from deploy.samlad.refusal import CannotError, Exit

Service = Annotated[str, typer.Argument(help="intake, coordination, notify or reporting.")]


def demo(  # noqa: PLR0913 - the options of one command
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the summary.")] = False,
    weeks: Annotated[int, typer.Option(help="Weeks of the season to play.", min=1, max=26)] = 26,
    seed: Annotated[int, typer.Option(help="Seed of the season's luck.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was played.")] = False,
    port: Port = None,
    json: Annotated[
        Path | None, typer.Option("--json", help="Write the summary there.", dir_okay=False)
    ] = None,
    data: Data = None,
) -> None:
    """Set up, start everything and play a season through the public APIs."""
    from deploy.samlad.demonstration import Play, run
    from deploy.samlad.system import Wish

    wish = Wish(folder=data_folder(data), port=port, demo=True, fresh=fresh)
    run(wish, Play(weeks=weeks, seed=seed, once=once, summary=json))


def play(
    url: Annotated[str, typer.Argument(help="Address of the front door.")],
    *,
    weeks: Annotated[int, typer.Option(help="Weeks of the season to play.", min=1, max=26)] = 26,
    seed: Annotated[int, typer.Option(help="Seed of the season's luck.")] = 1,
    kafka: Annotated[
        str,
        typer.Option(help="Bootstrap servers, with commas.", envvar="SAMLAD_KAFKA"),
    ] = "127.0.0.1:9092",
    json: Annotated[
        Path | None, typer.Option("--json", help="Write the summary there.", dir_okay=False)
    ] = None,
    data: Data = None,
) -> None:
    """Play a season on a demo system that runs already, with the keys of the data folder."""
    from deploy.samlad.demonstration import Play, play_elsewhere

    where = kafka.split(",")
    asked = Play(weeks=weeks, seed=seed, once=True, summary=json)
    play_elsewhere(asked, front=url.rstrip("/"), kafka=where, folder=data_folder(data))


def prepare(
    *,
    replication: Annotated[int, typer.Option(help="Copies of each record.", min=1)] = 1,
    data: Data = None,
) -> None:
    """Make secrets, topics and indexes that are missing; run before the services start."""
    from deploy.samlad import say
    from deploy.samlad.preparing import prepare as make

    make(data_folder(data), replication=replication, say=say.progress)


def up(
    *,
    port: Port = None,
    demo: Annotated[bool, typer.Option(help="Demo mode: a role picker, a set clock.")] = True,
    data: Data = None,
) -> None:
    """Start everything and keep it running until Ctrl-C."""
    from deploy.samlad.stack.kit import set_up as prepare
    from deploy.samlad.system import Wish, keep

    prepare()
    keep(Wish(folder=data_folder(data), port=port, demo=demo))


def stack(data: Data = None) -> None:
    """Start Kafka and MongoDB alone, for development, and keep them until Ctrl-C."""
    from deploy.samlad.stack.kit import set_up as prepare
    from deploy.samlad.stack.stores import run_alone

    prepare()
    run_alone(data_folder(data))


def serve(service: Service) -> None:
    """Run one service in this process, with its settings from the environment (SAMLAD_…)."""
    from deploy.samlad.system import SERVICES

    if service not in SERVICES:
        raise CannotError(f"There is no service {service}: {', '.join(SERVICES)}.", Exit.USAGE)
    os.execv(sys.executable, [sys.executable, "-m", f"services.{service}.app"])  # noqa: S606 - our own program


def set_up() -> None:
    """Fetch and prepare everything that the embedded system needs."""
    from deploy.samlad.say import progress
    from deploy.samlad.stack.kit import set_up as prepare

    progress(f"everything is in place ({prepare():.0f} s)")
