"""Free ports, kept from one start to the next where possible."""

import contextlib
import json
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Return whether nobody listens on the port of the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind((LOOPBACK, port))
            return True
    return False


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


class Ports:
    """The ports of one data folder: the ones used before where they are free, else new ones."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, int] = _read(file)
        self.moved: list[str] = []

    def of(self, name: str, wanted: int | None = None) -> int:
        """Return the port of a part: the wanted one, else the one it had, else a free one."""
        before = wanted or self._known.get(name)
        port = before if before and is_free(before) else free_port()
        if before and port != before:
            self.moved.append(f"port {before} of {name} is taken: {port} is used")
        self._known[name] = port
        self._file.write_text(json.dumps(self._known, indent=1), "utf-8")
        return port


def _read(file: Path) -> dict[str, int]:
    try:
        return {str(name): int(port) for name, port in json.loads(file.read_text("utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        return {}
