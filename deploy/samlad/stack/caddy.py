"""Caddy, the one front door, with the Caddyfile of deploy/caddy."""

import asyncio
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.samlad.places import root
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.part import Part

OLDEST: Final = (2, 11, 7)  # the first that understands every line of the Caddyfile
_VERSION: Final = re.compile(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)")


def program() -> Path:
    """Return the caddy of the machine where it is new enough, else the one of the wheel."""
    installed = shutil.which("caddy")
    serves = installed is not None and _version(installed) >= OLDEST
    path = Path(installed) if installed and serves else Path(sys.executable).parent / "caddy"
    if not path.exists():
        raise CannotError(
            "There is no caddy for this system: install one, then run the command again.",
            Exit.CANNOT_FETCH,
        )
    return path


def _version(caddy: str) -> tuple[int, ...]:
    try:
        told = subprocess.run(
            [caddy, "version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = _VERSION.match(told)
    return tuple(int(part) for part in found.groups()) if found else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Caddy:
    """The front door: its own port, and where each service listens."""

    folder: Path
    port: int
    services: Mapping[str, str]

    @property
    def url(self) -> str:
        """Return the address that people use."""
        return f"http://127.0.0.1:{self.port}"

    def part(self) -> Part:
        """Return it as a process to look after."""
        caddyfile = root() / "deploy" / "caddy" / "Caddyfile"
        arguments = ("run", "--config", str(caddyfile), "--adapter", "caddyfile")
        return Part(
            name="caddy",
            command=[str(program()), *arguments],
            environment=self._environment(),
            prepare=self._make_folder,
            ready=self.answers,
        )

    def _environment(self) -> dict[str, str]:
        hosts = {
            f"SAMLAD_{name.upper()}_UPSTREAM": url.removeprefix("http://")
            for name, url in self.services.items()
        }
        return hosts | {
            "SAMLAD_FRONT": f"http://:{self.port}",
            "SAMLAD_HOSTS": r"127\.0\.0\.1|localhost",
            "SAMLAD_BIND": "127.0.0.1",
            "XDG_DATA_HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
        }

    async def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    async def answers(self) -> bool:
        """Return whether the front door is open."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.close()
        return True
