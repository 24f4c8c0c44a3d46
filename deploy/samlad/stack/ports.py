"""Free ports, kept from one start to the next where possible."""

import contextlib
import json
import secrets
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
RANGE = range(15_000, 32_000)


def is_free(port: int) -> bool:
    """Return whether nobody listens on the port of the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            return True
    return False


def free_port() -> int:
    """Return a port nobody listens on, below those that outgoing connections are given.

    (One of those could be taken by a client in the moment in which a server is started again.)
    """
    while not is_free(port := RANGE.start + secrets.randbelow(len(RANGE))):
        pass
    return port


class Ports:
    """The ports of one data folder: the ones used before where they are free, else new ones."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, int] = _read(file)
        self._given: set[int] = set()
        self.moved: list[str] = []

    def of(self, name: str, wanted: int | None = None, *, usual: int | None = None) -> int:
        """Return the port of a part: the wanted one, the one it had, the usual one, a free one."""
        before = wanted or self._known.get(name) or usual
        port = before if before and self._may_have(before) else self._free()
        if before and port != before:
            self.moved.append(f"port {before} of {name} is taken: {port} is used")
        self._given.add(port)
        self._known[name] = port
        self._file.write_text(json.dumps(self._known, indent=1), "utf-8")
        return port

    def _may_have(self, port: int) -> bool:
        return port not in self._given and is_free(port)

    def _free(self) -> int:
        while (port := free_port()) in self._given:
            pass
        return port


def _read(file: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(file.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}
