"""Runs a bench on a Kafka and a MongoDB of its own, in a folder that is removed afterwards."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from deploy.samlad import say
from deploy.samlad.refusal import CannotError
from deploy.samlad.stack.kit import set_up
from deploy.samlad.stack.ports import Ports
from deploy.samlad.stack.state import State
from deploy.samlad.stack.stores import stores
from deploy.samlad.supervisor import Supervisor
from shared.telemetry import log


class Result(Protocol):
    """What a bench measured."""

    @property
    def kept(self) -> bool:
        """Whether what was promised holds."""
        ...

    def as_json(self) -> Mapping[str, object]:
        """Return it for a file."""
        ...

    def table(self) -> str:
        """Return it for a person."""
        ...


def projector(*, events: int, rounds: int, as_json: bool) -> None:
    """Measure the projector against other ways. Raises CannotError when less than promised."""
    from deploy.samlad.bench_projector import run

    _bench(lambda state: run(state.kafka, state.mongo_url, events=events, rounds=rounds), as_json)


def write(*, callers: int, rounds: int, as_json: bool) -> None:
    """Measure group commit against single inserts. Raises CannotError when less than promised."""
    from deploy.samlad.bench_write import run

    _bench(lambda state: run(state.mongo_url, callers=callers, rounds=rounds), as_json)


def screen(*, count: int, seed: int, real: Path | None, as_json: bool) -> None:
    """Measure the screen for personal data. Raises CannotError when less than promised."""
    from deploy.samlad.bench_screen import run

    _tell(run(count=count, seed=seed, real=real), as_json=as_json)


def intake(*, callers: int, rounds: int, as_json: bool) -> None:
    """Measure intake against a plain endpoint. Raises CannotError when less than promised."""
    from deploy.samlad import topics
    from deploy.samlad.bench_intake import run

    async def measured(state: State) -> Result:
        await topics.apply(state.kafka)
        return await run(state.kafka, state.mongo_url, callers=callers, rounds=rounds)

    _bench(measured, as_json)


def _bench(measure: Callable[[State], Awaitable[Result]], as_json: bool) -> None:  # noqa: FBT001 - one caller above each
    set_up()
    log.configure("bench", "WARNING")
    _tell(asyncio.run(_measured(measure)), as_json=as_json)


def _tell(result: Result, *, as_json: bool) -> None:
    if as_json:
        say.as_json(result.as_json())
    else:
        print(result.table())
    if not result.kept:
        raise CannotError("This is less than was promised.")


async def _measured(measure: Callable[[State], Awaitable[Result]]) -> Result:
    async with _own_stores() as state:
        return await measure(state)


@asynccontextmanager
async def _own_stores() -> AsyncIterator[State]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        supervisor = Supervisor(folder, State(data=name))
        try:
            ports = Ports(folder / "ports.json")
            await supervisor.start(stores(folder, ports, supervisor.state))
            yield supervisor.state
        finally:
            await supervisor.stop()
