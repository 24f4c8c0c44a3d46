"""The demo as a command: set up, start, play, sum up, stay."""

import asyncio
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.samlad.demo.client import Actor, FrontDoor
from deploy.samlad.demo.player import Player
from deploy.samlad.demo.progress import OtherSeasonError, Progress
from deploy.samlad.demo.steps import steps
from deploy.samlad.demo.summary import count, in_words, settle
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import demo_keys
from deploy.samlad.stack.kit import set_up
from deploy.samlad.stack.state import State
from deploy.samlad.supervisor import until_told
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


async def _run(wish: Wish, play: Play, set_up_seconds: float) -> None:
    async with running(wish) as state:
        print(f"Samlad is up after {state.start_seconds} s: {state.front}/", flush=True)
        summary = await _played(wish, play, state)
        summary["seconds"] |= {"set_up": round(set_up_seconds, 1), "start": state.start_seconds}
        _tell(summary, play, state)
        if not play.once:
            print("It stays up until Ctrl-C.", flush=True)
            await until_told()


async def _played(wish: Wish, play: Play, state: State) -> dict[str, Any]:
    path = wish.folder / "demo" / "progress.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        progress = Progress.resume(path, seed=play.seed, weeks=play.weeks)
    except OtherSeasonError as error:
        raise CannotError(f"{error}.", Exit.REFUSED) from error
    keys = {Actor(*who): key for who, key in demo_keys(Path(state.keys)).items()}
    async with FrontDoor(state.front, keys) as door:
        with steps(play.weeks - progress.done) as step:
            player = Player(door, progress, path=path, say=step)
            await player.play()
        tally, began = player.progress, time.monotonic()
        await settle(door, expected=tally.accepted - tally.quarantined)
        played = tally.play_seconds + time.monotonic() - began
        summary = await count(door, state.kafka, tally.model_dump())
    return {**summary, "seconds": {"play": round(played, 1)}}


def _tell(summary: dict[str, Any], play: Play, state: State) -> None:
    for line in in_words(summary):
        print(line)
    if play.summary is not None:
        play.summary.parent.mkdir(parents=True, exist_ok=True)
        play.summary.write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
        print(f"summary written to {play.summary}")
    print(f"Look at it:  {state.front}/")
    print(f"Sign in as:  coordinator, at {state.front}/coordination/sign-in", flush=True)
