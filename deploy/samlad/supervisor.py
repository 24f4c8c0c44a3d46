"""Starts the parts of a system, keeps them running, stops them in order."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.say import progress
from deploy.samlad.stack.part import Child, Part
from deploy.samlad.stack.state import State, command_of, runs


class Supervisor:
    """The parent of every process of one data folder."""

    def __init__(self, folder: Path, state: State) -> None:
        self.state = state
        self._folder = folder
        self._stages: list[list[Child]] = []

    async def start(self, parts: Sequence[Part]) -> None:
        """Start a stage: all its parts at once; returns when every one is ready.

        Raises CannotError naming the first part that does not become ready.
        """
        logs = self._folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        started = [
            Child(part, log=logs / f"{part.name}.log", changed=self._changed) for part in parts
        ]
        self._stages.append(started)
        await asyncio.gather(*(self._start(child) for child in started))
        self.state.start_seconds += round(time.monotonic() - began, 2)

    async def _start(self, child: Child) -> None:
        try:
            await child.start()
        except TimeoutError as error:
            log = self._folder / "logs" / f"{child.part.name}.log"
            raise CannotError(f"{child.part.name} does not become ready; see {log}") from error

    async def stop(self) -> None:
        """Stop what was started last first: the services before the stores they write to."""
        self.state.ready = False
        self._changed()
        for stage in reversed(self._stages):
            await asyncio.gather(*(child.stop() for child in stage))
        (self._folder / "stack.json").unlink(missing_ok=True)

    def say_ready(self) -> None:
        """Write down that the system can be used."""
        self.state.ready = True
        self._changed()

    def _changed(self) -> None:
        children = [child for stage in self._stages for child in stage]
        self.state.pids = {child.part.name: child.pid for child in children if child.pid}
        self.state.restarts = {child.part.name: child.restarts for child in children}
        self.state.write(self._folder)


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder: refuse a second supervisor, end what a dead one left behind."""
    folder.mkdir(parents=True, exist_ok=True)
    before = State.read(folder)
    if before and before.pid != os.getpid() and _is_ours(before.pid):
        raise CannotError(
            f"A system already runs here (process {before.pid}, {before.front or before.kafka}).",
            Exit.REFUSED,
        )
    if before:
        _end_leftovers(before, folder)
    try:
        yield
    finally:
        (folder / "stack.json").unlink(missing_ok=True)


def _is_ours(pid: int) -> bool:
    return runs(pid) and "samlad" in (command_of(pid) or "samlad")


def _end_leftovers(before: State, folder: Path) -> None:
    left = {name: pid for name, pid in before.pids.items() if _belongs(pid, name, folder)}
    progress(f"the last start did not end in order (process {before.pid} is gone)")
    for name, pid in left.items():
        progress(f"ends {name} left behind (process {pid})")
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    (folder / "stack.json").unlink(missing_ok=True)


def _belongs(pid: int, name: str, folder: Path) -> bool:
    command = command_of(pid)
    return runs(pid) and (str(folder) in command or f"services.{name}" in command)


def end_on_term() -> None:
    """Let SIGTERM end the running task as Ctrl-C does: through every `finally`."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def until_told() -> None:
    """Wait for Ctrl-C or SIGTERM."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, told.set)
    await told.wait()
