"""What a tier's tests share while they run: started before them, stopped in order after them."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from deploy.samlad import topics
from deploy.samlad.refusal import CannotError, Exit
from deploy.samlad.stack.ports import free_port
from deploy.samlad.stack.state import State

T = TypeVar("T")
START_WITHIN = 120.0
PLAY_WITHIN = 240.0
STOP_WITHIN = 60.0
WEEKS = 2


@contextmanager
def stack(folder: Path, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """A Kafka with the topics, and a MongoDB."""
    with _kept(folder, ("stack",), environment) as process:
        state = _ready(folder, process)
        asyncio.run(topics.apply(state.kafka))
        yield {"SAMLAD_TEST_KAFKA": ",".join(state.kafka), "SAMLAD_TEST_MONGO": state.mongo_url}


@contextmanager
def system(folder: Path, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """A whole system in which nothing has happened."""
    with _kept(folder, ("up", "--port", str(free_port())), environment) as process:
        yield {"SAMLAD_TEST_URL": _ready(folder, process).front}


@contextmanager
def played(folder: Path, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """A whole system that has played some weeks of the season."""
    summary, port = folder / "summary.json", str(free_port())
    words = ("demo", "--weeks", str(WEEKS), "--json", str(summary), "--port", port)
    with _kept(folder, words, environment) as process:
        state = _ready(folder, process)
        _until(lambda: summary.exists() or None, process, folder, PLAY_WITHIN)
        yield {"SAMLAD_TEST_URL": state.front}


@contextmanager
def _kept(
    folder: Path, words: tuple[str, ...], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "deploy.samlad", *words, "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=dict(environment))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ready(folder: Path, process: subprocess.Popen[bytes]) -> State:
    def state() -> State | None:
        found = State.read(folder)
        return found if found is not None and found.ready else None

    return _until(state, process, folder, START_WITHIN)


def _until(
    holds: Callable[[], T | None], process: subprocess.Popen[bytes], folder: Path, seconds: float
) -> T:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if found := holds():
            return found
        time.sleep(0.05)
    raise CannotError(f"What the tests need did not start; see {folder / 'logs'}.", Exit.FAILED)
