"""Group commit: callers waiting at the same moment share one write, and each gets its own answer.

A write to the majority's journal takes about as long for five hundred documents as for one. While
one batch is on its way the next gathers, so a lone caller waits for nobody and many share.

What must stand before something else (a key before what it has sealed) goes first in the same
batch: two writes for all who share it, and one wait for each caller.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from pymongo.errors import BulkWriteError, PyMongoError

from shared.store.client import Document, Encoded, encode
from shared.store.errors import (
    StoreError,
    Unavailable,
    WriteUncertain,
    translate,
    translate_write_error,
)
from shared.store.stream import Stream
from shared.telemetry import log

LARGEST_BATCH: Final = 500
LARGEST_BYTES: Final = 8 * 1024 * 1024
MOST_WAITING: Final = 10_000
IN_FLIGHT: Final = 2  # batches, for each stream
DRAIN_SECONDS: Final = 10.0

_log = log.get(__name__)


@dataclass(slots=True)
class _Waiting:
    """One caller's documents, one of each stream or none, and where the answer goes."""

    documents: Sequence[Encoded | None]
    answer: asyncio.Future[None]

    @property
    def size(self) -> int:
        """Bytes of the largest: what counts for one write."""
        return max(len(document.raw) for document in self.documents if document is not None)


class GroupCommit:
    """Inserts new documents of one stream, or of some in a fixed order, many callers at a time."""

    def __init__(self, *streams: Stream) -> None:
        self._streams = streams
        self._most_writers = IN_FLIGHT * len(streams)
        self._queue: deque[_Waiting] = deque()
        self._writers: set[asyncio.Task[None]] = set()
        self._writing = 0
        self._stopping = False

    async def insert(self, *documents: Document | None) -> None:
        """Store a new document of each stream (None: none of it); returns when the majority has it.

        Each is begun when the one before stands. Raises DuplicateId, Rejected (it can never stand),
        Unavailable (it does not stand) or WriteUncertain (it may stand; repeat): then those after
        it are not begun, those before stand. A cancelled caller's documents are not written unless
        they are on their way already.
        """
        encoded = [None if document is None else encode(document) for document in documents]
        if self._stopping or len(self._queue) >= MOST_WAITING:
            raise Unavailable("STOPPING" if self._stopping else "BUSY")
        waiting = _Waiting(encoded, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._writing < self._most_writers:
            self._start_writer()
        await waiting.answer

    async def stop(self) -> None:
        """Take no more documents and wait, bounded, until those taken have their answers."""
        self._stopping = True
        if self._writers:
            await asyncio.wait(self._writers, timeout=DRAIN_SECONDS)
        for writer in self._writers:
            writer.cancel()
        self._refuse_waiting(Unavailable("STOPPING"))

    def _start_writer(self) -> None:
        self._writing += 1
        writer = asyncio.create_task(self._write_all())
        self._writers.add(writer)
        writer.add_done_callback(self._writers.discard)

    async def _write_all(self) -> None:
        try:
            await asyncio.sleep(0)  # callers that are ready now join the first batch
            while batch := self._next_batch():
                await self._write(batch)
        finally:
            self._writing -= 1  # in the same step as the last look at the queue: none is left over

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size = 0
        while self._queue and len(batch) < LARGEST_BATCH and size < LARGEST_BYTES:
            waiting = self._queue.popleft()
            if not waiting.answer.done():  # else its caller was cancelled
                batch.append(waiting)
                size += waiting.size
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        """One stream after the other; each with those whose documents before it stand."""
        going = batch
        try:
            for place, stream in enumerate(self._streams):
                concerned = [one for one in going if one.documents[place] is not None]
                if concerned:
                    await self._write_to(stream, place, concerned)
                    going = [one for one in going if not one.answer.done()]
        except BaseException:
            _answer(going, WriteUncertain("STOPPED"))
            raise
        _answer(going, None)

    async def _write_to(self, stream: Stream, place: int, batch: Sequence[_Waiting]) -> None:
        """Insert these; those whose document does not stand afterwards have their answer."""
        documents = [cast("Encoded", waiting.documents[place]) for waiting in batch]
        try:
            await insert_into(stream, documents)
        except BulkWriteError as error:
            _refuse_each(batch, error.details or {})
            stream.on_append()
        except Unavailable as error:
            _answer(batch, error)
            self._refuse_waiting(Unavailable(error.code))  # theirs never left
        except StoreError as error:
            _answer(batch, error)
        except Exception as error:  # noqa: BLE001 - the next batch must be written whatever this was
            _log.exception("group commit failed")
            _answer(batch, WriteUncertain(type(error).__name__))
        else:
            stream.on_append()

    def _refuse_waiting(self, error: StoreError) -> None:
        waiting = list(self._queue)
        self._queue.clear()
        _answer(waiting, error)


async def insert_into(stream: Stream, documents: Sequence[Encoded]) -> None:
    """One write of these; BulkWriteError tells of single documents, StoreError of all."""
    try:
        await stream.collection.insert_many(documents, ordered=False)
    except BulkWriteError:
        raise
    except PyMongoError as error:
        raise translate(error) from error


def _refuse_each(batch: Sequence[_Waiting], details: Mapping[str, Any]) -> None:
    """Map what MongoDB said about single documents back to their callers."""
    if details.get("writeConcernErrors"):
        _answer(batch, WriteUncertain("WriteConcernError"))
        return
    for item in details.get("writeErrors", ()):
        _answer([batch[item["index"]]], translate_write_error(item))


def _answer(batch: Iterable[_Waiting], error: StoreError | None) -> None:
    """Tell those that have no answer yet; each has an exception of its own."""
    for waiting in batch:
        if waiting.answer.done():
            continue
        if error is None:
            waiting.answer.set_result(None)
        else:
            waiting.answer.set_exception(type(error)(error.code))
