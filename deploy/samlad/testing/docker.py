"""Docker as the tests use it: is there a daemon, and a compose project of their own."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deploy.samlad.places import root
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.ports import free_port
from deploy.samlad.testing import leftovers

KAFKA_IMAGE: Final = "apache/kafka:4.4.0"
MONGO_IMAGE: Final = "mongo:8"
FILES: Final = ("docker-compose.yml", "docker-compose.demo.yml", "tests/system/compose.yml")
SERVICES: Final = ("intake", "coordination", "notify", "reporting")
REACHED: Final = ("kafka", "mongo", *SERVICES)
UP_WITHIN: Final = 600.0
ANSWERS_WITHIN: Final = 60.0


def missing() -> str | None:
    """Why no containers can be had here, or nothing."""
    if shutil.which("docker") is None:
        return "no docker command on this machine"
    if _docker("info", "--format", "{{.ServerVersion}}").returncode:
        return "no Docker daemon answers"
    if _docker("compose", "version").returncode:
        return "docker has no compose plugin"
    for image in (KAFKA_IMAGE, MONGO_IMAGE):
        there = _docker("image", "inspect", image).returncode == 0
        if not there and _docker("pull", "--quiet", image, within=UP_WITHIN).returncode:
            return f"the image {image} cannot be had"
    return None


def _docker(*words: str, within: float = ANSWERS_WITHIN) -> subprocess.CompletedProcess[str]:
    """Run a docker command; one that does not end in time has failed."""
    command = ["docker", *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=within)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"no answer within {within:.0f} s")


@dataclass(frozen=True, slots=True)
class Compose:
    """One compose project with a name, ports and volumes of its own.

    Attributes:
        settings: environment variables that its files ask for.
    """

    files: Sequence[str] = FILES
    project: str = field(default_factory=leftovers.new_project)
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, within: float = ANSWERS_WITHIN) -> str:
        """Run a compose command; returns what it printed. Raises CannotError when it fails."""
        files = [word for each in self.files for word in ("--file", str(root() / each))]
        command = ["docker", "compose", "--project-name", self.project, *files, *words]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=within,
            cwd=root(),
            env={**os.environ, **self.settings},
        )
        if done.returncode:
            last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise CannotError(f"docker compose {words[0]} failed: {last}", Exit.FAILED)
        return done.stdout

    def up(self, *services: str) -> None:
        """Build what is not built, start, wait until everything is healthy."""
        self.run("up", "--build", "--wait", "--quiet-pull", *services, within=UP_WITHIN)

    def down(self) -> None:
        """Stop everything and forget everything."""
        self.run("down", "--volumes", "--timeout", "20", "--remove-orphans", within=UP_WITHIN)

    def address(self, service: str) -> str:
        """Where a service of the tests' own project is reached from this machine."""
        return f"127.0.0.1:{self.settings[f'SAMLAD_TEST_{service.upper()}_PORT']}"

    def container(self, service: str) -> str:
        """The name of the one container of a service."""
        return f"{self.project}-{service}-1"

    def state(self, service: str) -> dict[str, Any]:
        """What Docker says of a container: Pid, Running, ExitCode, StartedAt."""
        done = _docker("inspect", "--format", "{{json .State}}", self.container(service))
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found

    def kill(self, service: str) -> int:
        """End the container's first process as a crash would; its restart policy holds.

        `docker kill` would count as a person's wish, and nothing would start it again.
        """
        pid = int(self.state(service)["Pid"])
        if os.geteuid() == 0:
            os.kill(pid, signal.SIGKILL)
        else:
            inside = "kill -9 $(cat /proc/1/task/1/children)"
            _docker("exec", self.container(service), "sh", "-c", inside)
        return pid

    @contextmanager
    def paused(self, service: str) -> Iterator[None]:
        """A container that answers nobody while this lasts."""
        self.run("pause", service)
        try:
            yield
        finally:
            self.run("unpause", service)

    def logs(self, services: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """What each container has printed."""
        for service in services:
            done = _docker("logs", self.container(service))
            yield f"logs/{service}", (done.stdout + done.stderr).encode()

    def copied(self, service: str, path: str, to: Path) -> Path:
        """Copy a file or folder out of a container, running or not."""
        self.run("cp", f"{service}:{path}", str(to))
        return to


@contextmanager
def built(_folder: Path, _environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """The images, built from this checkout."""
    Compose(files=FILES[:2]).run("build", "--quiet", within=UP_WITHIN)
    yield {}


def project_with_ports() -> Compose:
    """A compose project in demo mode on free ports of this machine."""
    names = ["SAMLAD_DEMO_PORT", *(f"SAMLAD_TEST_{each.upper()}_PORT" for each in REACHED)]
    return Compose(settings={name: str(free_port()) for name in names})
