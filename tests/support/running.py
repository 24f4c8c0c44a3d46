"""A whole system in processes of its own, as an operator starts it."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.samlad.demo.client import Actor, FrontDoor
from deploy.samlad.secret_files import demo_keys
from deploy.samlad.stack.ports import free_port
from deploy.samlad.stack.state import State

START_WITHIN = 120.0
SIX = ("intake", "coordination", "notify", "reporting", "kafka", "mongod")


@dataclass(frozen=True, slots=True)
class System:
    """One running system.

    Attributes:
        folder: its data folder.
    """

    folder: Path

    @property
    def state(self) -> State:
        """Its addresses and process ids as they are now."""
        state = State.read(self.folder)
        assert state is not None, "the system is gone"
        return state

    def door(self) -> FrontDoor:
        """Its public APIs, with the demo's keys."""
        keys = demo_keys(Path(self.state.keys))
        return FrontDoor(self.state.front, {Actor(*who): key for who, key in keys.items()})

    def kill(self, name: str) -> int:
        """Ends one process at once, as a power cut would; returns its process id."""
        pid = self.state.pids[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """One process answers nobody while this lasts."""
        pid = self.state.pids[name]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    async def restarted(self, name: str, *, was: int, within: float) -> None:
        """Waits until the supervisor has started another process in place of `was`."""
        async with asyncio.timeout(within):
            while self.state.pids.get(name, was) == was:
                await asyncio.sleep(0.02)


@contextlib.contextmanager
def system_in(folder: Path, *, measured: bool = True) -> Iterator[System]:
    """Starts a system, and stops it in order afterwards.

    Its coverage is not measured where that would only slow down what is killed anyway.
    """
    with _kept(folder, "up", measured=measured):
        yield System(folder)


@contextlib.contextmanager
def played_in(folder: Path, *, weeks: int) -> Iterator[System]:
    """Starts a system that has played some weeks of the season, and stops it afterwards."""
    summary = folder / "summary.json"
    options = ("--weeks", str(weeks), "--json", str(summary))
    with _kept(folder, "demo", *options) as process:
        _wait(summary.exists, process, folder)
        yield System(folder)


@contextlib.contextmanager
def _kept(folder: Path, *command: str, measured: bool = True) -> Iterator[subprocess.Popen[bytes]]:
    words = [sys.executable, "-m", "deploy.samlad", *command, "--data", str(folder)]
    left_out = set() if measured else {"COVERAGE_PROCESS_START"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    process = subprocess.Popen([*words, "--port", str(free_port())], env=environment)
    try:
        _wait(partial(_is_ready, folder), process, folder)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _is_ready(folder: Path) -> bool:
    state = State.read(folder)
    return state is not None and state.ready


def _wait(holds: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError(f"the system did not start; its logs are in {folder / 'logs'}")
