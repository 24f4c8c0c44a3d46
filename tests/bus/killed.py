"""A projector that hangs inside its transaction, to be killed there: run as a process of its own.

Arguments: bootstrap, address of MongoDB, database, topic, group. Says HELD when it hangs.
"""

import asyncio
import io
import sys
from collections.abc import Iterable
from unittest.mock import patch

from shared.bus.dead_letters import DeadLetter, DeadLetters
from shared.store.client import Session
from shared.telemetry import log
from tests.bus.support import Stage, client_of, consuming


class _Hanging(DeadLetters):
    async def keep(self, letters: Iterable[DeadLetter], session: Session | None = None) -> None:
        print("HELD", flush=True)  # noqa: T201 - how the test knows
        await asyncio.sleep(3600)


async def _main(bootstrap: str, mongo: str, database: str, topic: str, group: str) -> None:
    log.configure("killed", stream=io.StringIO())
    stage = Stage([bootstrap], client_of(mongo), database, topic, group)
    with patch("shared.bus.projector.DeadLetters", _Hanging):  # the last write of a batch
        async with consuming(stage):
            await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
