"""The demo as a command: set up, start, play, sum up, stay."""

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from deploy.samlad.stack.kit import set_up
from deploy.samlad.system import Wish, running


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What of the season is played, and what becomes of the summary."""

    weeks: int
    seed: int
    once: bool
    summary: Path | None


def run(wish: Wish, play: Play) -> None:
    """Run the demo; returns after the summary (`once`) or after Ctrl-C."""
    seconds = set_up() + float(os.environ.get("SAMLAD_SET_UP_SECONDS", "0"))
    asyncio.run(_run(wish, play, seconds))


async def _run(wish: Wish, play: Play, seconds: float) -> None:
    async with running(wish):
        raise NotImplementedError(play, seconds)
