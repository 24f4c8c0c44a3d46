"""Everything intake does for one request: what it asks of MongoDB, and what of its code runs."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from pathlib import Path
from types import FrameType
from typing import Any, Final

import bson
from pymongo import monitoring

UNTOLD: Final = frozenset({"lsid", "$clusterTime", "$db", "txnNumber", "cursors", "getMore"})
# A function that waits is entered again after each wait, and how often it waits is chance.
_RESUMED: Final = CO_COROUTINE | CO_GENERATOR | CO_ASYNC_GENERATOR
_ROOT: Final = f"{Path(__file__).resolve().parents[2]}/"
_OURS: Final = (f"{_ROOT}services/", f"{_ROOT}shared/")


@dataclass(slots=True)
class Done:
    """What was done for one request: commands with the shape of all they say, and calls."""

    commands: list[Any] = field(default_factory=list)
    answers: list[tuple[str, int, int]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def opened(self) -> set[str]:
        """What was sealed or opened with."""
        return {name for name in self.calls if name.startswith("shared/security/vault.py:")}


class Watch(monitoring.CommandListener):
    """Sees what every client made after it asks, and what it is answered."""

    def __init__(self) -> None:
        self.done: Done | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.done is not None:
            told = {k: v for k, v in event.command.items() if k not in UNTOLD}
            name = event.command_name
            self.done.commands.append((name, str(event.command.get(name, "")), shape(told)))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if self.done is not None:
            rows = _rows(event.reply)
            size = sum(len(bson.encode(row)) for row in rows)
            self.done.answers.append((event.command_name, len(rows), size))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        if self.done is not None:
            self.done.answers.append((event.command_name, -1, 0))


def _rows(reply: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The documents an answer brings; of one that changed something, how much."""
    cursor = reply.get("cursor") or {}
    found = [*cursor.get("firstBatch", ()), *cursor.get("nextBatch", ())]
    counted = {name: reply[name] for name in ("n", "nModified") if name in reply}
    value = reply.get("value")
    return [*found, *([value] if isinstance(value, Mapping) else []), *([counted] * bool(counted))]


def shape(value: object) -> object:
    """What a command says without its values: names, kinds, and how many."""
    if isinstance(value, Mapping):
        return {str(name): shape(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [shape(each) for each in value]
    return type(value).__name__


_WATCHES: Final[list[Watch]] = []


def watch() -> Watch:
    """The one of this process; to be made before the client it is to see."""
    if not _WATCHES:
        monitoring.register(made := Watch())
        _WATCHES.append(made)
    return _WATCHES[0]


@contextmanager
def watched(seen: Watch) -> Iterator[Done]:
    """What is done within."""
    done = Done()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(_OURS):
            name = f"{code.co_filename.removeprefix(_ROOT)}:{code.co_qualname}"
            done.calls[name] = 1 if code.co_flags & _RESUMED else done.calls[name] + 1

    seen.done = done
    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield done
    finally:
        sys.setprofile(before)
        seen.done = None
