"""Taking in a publisher's file: read it whole, judge every figure, write what is new.

The import's own document is written last: a file that was broken off midway is sent again, meets
its own figures unchanged, and ends as if nothing had happened.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final

from services.intake.commands.concerns import KEY_REUSED, Screen
from services.intake.commands.figures import Figures
from services.intake.commands.import_files import (
    Imported,
    ReadFile,
    Upload,
    document_of,
    fetched_of,
)
from services.intake.commands.import_screen import BY_HAND, look_over
from services.intake.commands.vault import Vault
from services.intake.domain.readers.kinds import kind_of
from services.intake.domain.readers.reading import Place, Reading
from services.intake.domain.statistics import (
    Account,
    Observation,
    Origin,
    Verdict,
    account,
    by_row,
    fetched_later,
    observations,
)
from services.intake.store import Store
from shared.contracts.envelope import Provenance
from shared.contracts.ids import aggregate_id
from shared.contracts.refusal import Refused
from shared.store.entries import to_milliseconds
from shared.store.errors import DuplicateId
from shared.store.stream import Loaded

CHUNK: Final = 200  # figures judged and written in one go: concerns wait for no more
TURN_SECONDS: Final = 5.0  # how long an import waits for the one before it
REST_SECONDS: Final = 0.002  # what the reading thread leaves to others after each slice


class Busy(Exception):  # noqa: N818 - an answer, named as the caller reads it
    """Another import is under way; try again in a while."""


class Statistics:
    """The commands on statistics."""

    def __init__(self, store: Store, vault: Vault, screen: Screen, by_hand: Screen) -> None:
        self._store = store
        self._vault = vault
        self._screen = screen
        self._by_hand = by_hand
        self._figures = Figures(store)
        self._turn = asyncio.Lock()

    async def take_in(
        self, upload: Upload, why: Provenance, *, key: str, dry_run: bool = False
    ) -> Imported:
        """Take in a file, or only say what would come of it; one file at a time.

        Raises:
            Busy: another file is being taken in, and was still after a short wait.
            Refused: the file is not what it says (the words name the place), or the key was used.
            Unavailable: some figures may stand; the same file may be sent again.
        """
        async with self._in_turn():
            return await self._take_in(upload, why, key=key, dry_run=dry_run)

    async def former(self, district: str, *, skip: int, limit: int) -> tuple[list[Imported], int]:
        """Some of the district's imports, the latest first, and how many there are."""
        found, total = await self._store.statistics_imports.page(district, skip=skip, limit=limit)
        return [Imported.standing(one) for one in found], total

    async def one(self, import_id: str, district: str) -> Imported | None:
        """An import of the district; another's does not exist."""
        found = await self._store.statistics_imports.one(import_id, district)
        return None if found is None else Imported.standing(found)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(self._turn.acquire(), TURN_SECONDS)
        except TimeoutError as error:
            raise Busy from error
        try:
            yield
        finally:
            self._turn.release()

    async def _take_in(
        self, upload: Upload, why: Provenance, *, key: str, dry_run: bool
    ) -> Imported:
        kind = await asyncio.to_thread(kind_of, upload.source, upload.content, upload.more, _rest)
        upload = replace(upload, source=kind.source)
        identity, standing, anew = await self._met(upload, why.district)
        if anew:
            file = await asyncio.to_thread(self._read, upload, identity, why.district)
        if not dry_run:
            await self._claim(key, upload.about, why)
        if standing is not None and not (anew and await self._mends(file, why, dry_run=dry_run)):
            return Imported.standing(standing, dry_run=dry_run)
        verdicts: list[tuple[Place, Verdict]] = []
        for chunk in _chunks(file):
            verdicts += await self._take(chunk, why, dry_run=dry_run)
        summed = await asyncio.to_thread(_summed, file.reading, verdicts)
        if dry_run:
            return Imported.now(identity, file, summed, dry_run=True)
        return await self._finish(identity, file, summed, why=why)

    async def _met(self, upload: Upload, district: str) -> tuple[str, Loaded | None, bool]:
        """The import's id, the import of this file that stands, and whether to read it anew.

        A file that was taken in and is said to be fetched later since is an import of its own.
        """
        identity = aggregate_id("import", district, upload.about)
        standing = await self._store.imports.load(identity)
        if standing is None:
            return identity, None, True
        if not fetched_later(upload.fetched_on, fetched_of(standing.state)):
            return identity, standing, False
        identity = aggregate_id("import", district, upload.about_again)
        again = await self._store.imports.load(identity)
        return identity, again or standing, again is None

    async def _mends(self, file: ReadFile, why: Provenance, *, dry_run: bool) -> bool:
        """Whether a file that was taken in before has figures that do not stand, and now would.

        Where none has, those that stand are remembered to have been fetched again.
        """
        for chunk in _chunks(file):
            if await self._figures.would_change(chunk):
                return True
        if not dry_run:
            for chunk in _chunks(file):
                await self._figures.take(chunk, why, only_confirm=True)
        return False

    async def _claim(self, key: str, about: str, why: Provenance) -> None:
        """The key stands for this file from now on; a refused file leaves it free."""
        mark = self._vault.id_of("statistics-import", why.agency, key)
        if await self._store.claim(mark, about) != about:
            raise Refused(KEY_REUSED)

    def _read(self, upload: Upload, identity: str, district: str) -> ReadFile:
        """The file, checked whole before anything of it is written. Runs in a thread."""
        kind = kind_of(upload.source, upload.content, upload.more)
        reading = kind.read(upload.content, _rest, upload.more)
        screen = self._by_hand if upload.source in BY_HAND else self._screen
        look_over(upload, reading, screen, _rest)
        origin = Origin(identity, upload.fetched_on)
        return ReadFile(upload, reading, observations(reading, district, _rest, origin))

    async def _take(
        self, chunk: Sequence[Observation], why: Provenance, *, dry_run: bool
    ) -> list[tuple[Place, Verdict]]:
        """Judge a part of the file against what stands and write what is new."""
        return await self._figures.take(chunk, why, dry_run=dry_run)

    async def _finish(
        self, identity: str, file: ReadFile, summed: Account, *, why: Provenance
    ) -> Imported:
        await self._store.name(file.reading.labels)
        events, state = await asyncio.to_thread(document_of, file, summed)
        try:
            await self._store.imports.append(
                identity,
                expected=None,
                state=state,
                events=events,
                provenance=why,
                extra={"imported_at": to_milliseconds(why.time)},
            )
        except DuplicateId:
            standing = await self._store.imports.load(identity)
            if standing is None:
                raise
            return Imported.standing(standing)
        return Imported.now(identity, file, summed)


def _rest() -> None:
    """Let the event loop have the interpreter: threads share it."""
    time.sleep(REST_SECONDS)


def _chunks(file: ReadFile) -> Iterator[Sequence[Observation]]:
    for start in range(0, len(file.observations), CHUNK):
        yield file.observations[start : start + CHUNK]


def _summed(reading: Reading, verdicts: Sequence[tuple[Place, Verdict]]) -> Account:
    return account(reading, by_row(verdicts))
