"""A whole system in processes of its own, as an operator starts it."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.samlad.demo.client import Actor, FrontDoor
from deploy.samlad.secret_files import demo_keys
from deploy.samlad.stack.state import State
from deploy.samlad.testing.backing import system

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
def system_in(folder: Path) -> Iterator[System]:
    """Starts a system, and stops it in order afterwards."""
    with system(folder, os.environ):
        yield System(folder)
