"""Compose projects that tests left behind, when they were ended before they could tidy up.

Their containers have a restart policy: they come back with the Docker daemon and take the machine's
time from whatever runs then.
"""

import os
import re
import shutil
import socket
import subprocess
from hashlib import sha256
from typing import Final
from uuid import uuid4

PREFIX: Final = "samlad-test"
ANSWERS_WITHIN: Final = 120.0
_NAME: Final = re.compile(rf"{PREFIX}-(?P<host>[0-9a-f]{{6}})-(?P<pid>\d+)-[0-9a-f]{{6}}")


def new_project() -> str:
    """A name for a compose project of this process: who it belongs to can be read off it."""
    return f"{PREFIX}-{_host()}-{os.getpid()}-{uuid4().hex[:6]}"


def forgotten(names: list[str]) -> list[str]:
    """Those of the compose projects whose process on this machine has ended."""
    found = ((name, _NAME.fullmatch(name)) for name in names)
    return [
        name
        for name, match in found
        if match and match["host"] == _host() and not _runs(int(match["pid"]))
    ]


def remove() -> list[str]:
    """Remove the forgotten projects with their volumes; returns their names."""
    if shutil.which("docker") is None:
        return []
    listed = _compose("ls", "--all", "--quiet").splitlines()
    left = forgotten(listed)
    for name in left:
        _compose("--project-name", name, "down", "--volumes", "--timeout", "2")
    return left


def _compose(*words: str) -> str:
    """What a compose command printed; nothing when it fails or no daemon answers."""
    command = ["docker", "compose", *words]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=ANSWERS_WITHIN
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def _host() -> str:
    return sha256(socket.gethostname().encode()).hexdigest()[:6]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
