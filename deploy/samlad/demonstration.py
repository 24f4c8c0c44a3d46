"""The demo as a command: set up, start, play, sum up, stay."""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.samlad.demo.client import Actor, FrontDoor
from deploy.samlad.demo.player import Player
from deploy.samlad.demo.progress import OtherSeasonError, Progress
from deploy.samlad.demo.steps import steps
from deploy.samlad.demo.summary import count, in_words, settle
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.secret_files import Secrets, demo_keys
from deploy.samlad.stack.kit import set_up
from deploy.samlad.stack.state import State
from deploy.samlad.supervisor import until_told
from deploy.samlad.system import SERVICES, Wish, running

OPENS_WITHIN: Final = 120.0


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


def play_elsewhere(play: Play, *, front: str, kafka: Sequence[str], folder: Path) -> None:
    """Play on a system that somebody else started, and sum up.

    Raises CannotError when its front door does not open or no demo keys lie in the folder.
    """
    keys = Secrets(folder).demo_keys
    if not keys.is_file():
        raise CannotError(
            f"No demo keys lie in {folder}: run 'samlad prepare' with SAMLAD_DEMO=true.",
            Exit.REFUSED,
        )
    asyncio.run(_play_elsewhere(play, front, list(kafka), folder))


async def _play_elsewhere(play: Play, front: str, kafka: list[str], folder: Path) -> None:
    began = time.monotonic()
    await _opened(front)
    state = State(front=front, kafka=kafka, keys=str(Secrets(folder).demo_keys))
    waited = round(time.monotonic() - began, 2)
    summary = await _played(folder, play, state)
    summary["seconds"] |= {"set_up": 0.0, "start": waited}
    state.front = os.environ.get("SAMLAD_PUBLIC_URL") or front  # as people reach it
    _tell(summary, play, state)


async def _opened(front: str) -> None:
    """Wait until every service behind the front door is ready."""
    async with httpx.AsyncClient(base_url=front, timeout=5, trust_env=False) as http:
        deadline = time.monotonic() + OPENS_WITHIN
        waiting = list(SERVICES)
        while waiting:
            try:
                answer = await http.get(f"/{waiting[0]}/health/ready")
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.is_success:
                waiting.pop(0)
            elif time.monotonic() > deadline:
                raise CannotError(f"{waiting[0]} at {front} is not ready.", Exit.NOT_RUNNING)
            else:
                await asyncio.sleep(0.5)


async def _run(wish: Wish, play: Play, set_up_seconds: float) -> None:
    async with running(wish) as state:
        print(f"Samlad is up after {state.start_seconds} s: {state.front}/", flush=True)
        summary = await _played(wish.folder, play, state)
        summary["seconds"] |= {"set_up": round(set_up_seconds, 1), "start": state.start_seconds}
        _tell(summary, play, state)
        if not play.once:
            print("It stays up until Ctrl-C.", flush=True)
            await until_told()


async def _played(folder: Path, play: Play, state: State) -> dict[str, Any]:
    path = Progress.file(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        progress = Progress.resume(path, seed=play.seed, weeks=play.weeks)
    except OtherSeasonError as error:
        raise CannotError(f"{error}.", Exit.REFUSED) from error

    def told(now: datetime) -> None:
        state.demo_now = now.isoformat()

    keys = {Actor(*who): key for who, key in demo_keys(Path(state.keys)).items()}
    async with FrontDoor(state.front, keys) as door:
        with steps(play.weeks - progress.done) as step:
            player = Player(door, progress, path=path, say=step, told=told)
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
