"""The front door by itself, before whatever a test puts behind it."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, Popen

from deploy.samlad.stack.caddy import Caddy


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@contextmanager
def running(caddy: Caddy, **more: str | None) -> Iterator[None]:
    """Caddy as the embedded stack runs it, until the block ends; None takes a setting away."""
    part = caddy.part()
    settings = {"HOME": str(caddy.folder), **part.environment, **more}
    environment = {name: value for name, value in settings.items() if value is not None}
    process = Popen(part.command, env=environment, stdout=DEVNULL, stderr=DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", caddy.port)) == 0:
                    break
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)
