"""One process of the system: what it runs, when it is ready, how it is looked after."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.samlad.say import progress
from deploy.samlad.stack.parent import die_with_parent

LONG_LIFE = 20.0  # seconds after which a death counts as the first again
LONGEST_PAUSE = 5.0
GREETED_AGAIN = 1.0


async def _nothing() -> None:
    """Do nothing: most parts need no preparing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a process is: its command, its readiness and its work before and after starting.

    `prepare` runs before every start, `ready` raises or returns false until the process answers,
    `settle` runs once, after the part was ready for the first time; `greet` whenever it answers
    again after a start, tried until it succeeds.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], Awaitable[bool]]
    prepare: Callable[[], Awaitable[None]] = _nothing
    settle: Callable[[], Awaitable[None]] = _nothing
    greet: Callable[[], Awaitable[None]] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0


class Child:
    """A part that is kept running: a death is answered by a new start, at first at once."""

    def __init__(self, part: Part, *, log: Path, changed: Callable[[], None]) -> None:
        self.part = part
        self.restarts = 0
        self._log = log
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._watch: asyncio.Task[None] | None = None
        self._greeting: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> None:
        """Start the process and keep it running; returns when it is ready for the first time.

        Raises TimeoutError when it never becomes ready.
        """
        await self._spawn()
        self._watch = asyncio.create_task(self._keep(), name=f"keep {self.part.name}")
        await self.until_ready()
        await self.part.settle()
        self._greet()

    async def until_ready(self, within: float = 60.0) -> None:
        """Wait until the part answers."""
        async with asyncio.timeout(within):
            while not await self._answers():
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """Ask the process to end, and end it when it does not."""
        self._stopping = True
        for task in (self._watch, self._greeting):
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(self.part.stop_signal)
        try:
            async with asyncio.timeout(self.part.stop_within):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(5):
                return await self.part.ready()
        except Exception:  # noqa: BLE001 - not ready has as many faces as there are clients
            return False

    async def _spawn(self) -> None:
        await self.part.prepare()
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **self.part.environment},
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        self._changed()

    async def _keep(self) -> None:
        short_lives = 0
        while True:
            started = time.monotonic()
            if self._process is not None:
                code = await self._process.wait()
                progress(f"{self.part.name} ended ({code}); started again")
            short_lives = 0 if time.monotonic() - started > LONG_LIFE else short_lives + 1
            await asyncio.sleep(pause(short_lives))
            self.restarts += 1
            await self._try_to_spawn()

    async def _try_to_spawn(self) -> None:
        try:
            await self._spawn()
        except OSError as error:
            self._process = None
            progress(f"{self.part.name} does not start: {error}")
        else:
            self._greet()

    def _greet(self) -> None:
        """Begin to wait until it answers; a greeting of an earlier life is given up."""
        if self._greeting:
            self._greeting.cancel()
        if self.part.greet:
            greeting = self._until_greeted(self.part.greet)
            self._greeting = asyncio.create_task(greeting, name=f"greet {self.part.name}")

    async def _until_greeted(self, greet: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await self.until_ready()
                await greet()
            except Exception as error:  # noqa: BLE001 - as many faces as there are clients
                progress(f"{self.part.name} is not greeted yet: {type(error).__name__}")
                await asyncio.sleep(GREETED_AGAIN)
            else:
                return


def pause(short_lives: int) -> float:
    """Return the seconds to wait before the next start: none at first, then ever longer."""
    return 0.0 if short_lives <= 1 else min(0.25 * 2 ** (short_lives - 2), LONGEST_PAUSE)
