"""A whole system as an operator starts it: in processes of its own, or in containers."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.samlad.demo.client import Actor, FrontDoor
from deploy.samlad.secret_files import demo_keys
from deploy.samlad.stack.state import State
from deploy.samlad.testing.backing import system
from deploy.samlad.testing.docker import SERVICES, Compose, project_with_ports

SIX = ("intake", "coordination", "notify", "reporting", "kafka", "mongod")
BACKEND: Final = "SAMLAD_TEST_BACKEND"
CONTAINERS: Final = "containers"


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

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Everything it has logged, and every mail it has sent."""
        for folder in ("logs", "mail"):
            for path in sorted((self.folder / folder).rglob("*")):
                if path.is_file():
                    yield f"{folder}/{path.name}", path.read_bytes()


@dataclass(frozen=True, slots=True)
class Composed(System):
    """A system of containers.

    Attributes:
        compose: its project.
    """

    compose: Compose = field(default_factory=Compose)

    def kill(self, name: str) -> int:
        """Ends the first process of a container at once; returns its process id."""
        return self.compose.kill(_container(name))

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """One container answers nobody while this lasts."""
        with self.compose.paused(_container(name)):
            yield

    async def restarted(self, name: str, *, was: int, within: float) -> None:
        """Waits until Docker has started another process in place of `was`."""
        async with asyncio.timeout(within):
            while True:
                state = await asyncio.to_thread(self.compose.state, _container(name))
                if state.get("Running") and state["Pid"] not in {0, was}:
                    return
                await asyncio.sleep(0.1)

    def written(self) -> Iterator[tuple[str, bytes]]:
        """Everything its containers have printed, and every mail it has sent."""
        yield from self.compose.logs((*SERVICES, "caddy", "kafka", "mongo", "prepare"))
        mails = self.compose.copied("mail", "/mail/.", self.folder / "mail")
        for path in sorted(mails.rglob("*.eml")):
            yield f"mail/{path.name}", path.read_bytes()


def _container(name: str) -> str:
    return "mongo" if name == "mongod" else name


@contextlib.contextmanager
def system_in(folder: Path) -> Iterator[System]:
    """Starts a system, and stops it in order afterwards."""
    if os.environ.get(BACKEND) == CONTAINERS:
        with composed_in(folder) as composed:
            yield composed
    else:
        with system(folder, os.environ):
            yield System(folder)


@contextlib.contextmanager
def composed_in(folder: Path) -> Iterator[Composed]:
    """Starts a system of containers, and forgets it afterwards."""
    compose = project_with_ports()
    try:
        compose.up("caddy")
        _state_of(compose, folder).write(folder)
        yield Composed(folder, compose)
    finally:
        compose.down()


def _state_of(compose: Compose, folder: Path) -> State:
    keys = compose.copied("prepare", "/demo/demo-keys.json", folder / "demo-keys.json")
    return State(
        data=str(folder),
        ready=True,
        front=f"http://127.0.0.1:{compose.settings['SAMLAD_DEMO_PORT']}",
        kafka=[compose.address("kafka")],
        mongo_url=f"mongodb://{compose.address('mongo')}/?directConnection=true",
        services={name: f"http://{compose.address(name)}" for name in SERVICES},
        keys=str(keys),
    )
