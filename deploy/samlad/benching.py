"""Runs a bench on a Kafka and a MongoDB of its own, in a folder that is removed afterwards."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.samlad import say
from deploy.samlad.refusal import CannotError
from deploy.samlad.stack.kit import set_up
from deploy.samlad.stack.ports import Ports
from deploy.samlad.stack.state import State
from deploy.samlad.stack.stores import stores
from deploy.samlad.supervisor import Supervisor


def write(*, callers: int, rounds: int, as_json: bool) -> None:
    """Measure group commit against single inserts. Raises CannotError below the promised ratio."""
    from deploy.samlad.bench_write import run

    async def measure() -> None:
        async with _own_stores() as state:
            result = await run(state.mongo_url, callers=callers, rounds=rounds)
        if as_json:
            say.as_json(result.as_json())
        else:
            print(result.table())
        if not result.kept:
            raise CannotError(f"{result.ratio:.1f} times is less than was promised.")

    set_up()
    asyncio.run(measure())


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
