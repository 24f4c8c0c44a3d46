"""Group commit: callers waiting at the same moment share one write, and each gets its own answer.

A write to the majority's journal takes about as long for five hundred documents as for one. While
one batch is on its way the next gathers, so a lone caller waits for nobody and many share.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

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
IN_FLIGHT: Final = 2
DRAIN_SECONDS: Final = 10.0

_log = log.get(__name__)


@dataclass(slots=True)
class _Waiting:
    """One caller's document and where its answer goes."""

    document: Encoded
    answer: asyncio.Future[None]


class GroupCommit:
    """Inserts new documents of one stream, many callers at a time."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._queue: deque[_Waiting] = deque()
        self._writers: set[asyncio.Task[None]] = set()
        self._writing = 0
        self._stopping = False

    async def insert(self, document: Document) -> None:
        """Store a new document; returns when the majority has it.

        Raises DuplicateId, Rejected (this document can never stand), Unavailable (it does not
        stand) or WriteUncertain (it may stand; repeat). A cancelled caller's document is not
        written unless it is on its way already.
        """
        encoded = encode(document)
        if self._stopping or len(self._queue) >= MOST_WAITING:
            raise Unavailable("STOPPING" if self._stopping else "BUSY")
        waiting = _Waiting(encoded, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._writing < IN_FLIGHT:
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
                size += len(waiting.document.raw)
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        documents = [waiting.document for waiting in batch]
        try:
            await self._insert(documents)
        except BulkWriteError as error:
            _answer_each(batch, error.details or {})
            self._stream.on_append()
        except Unavailable as error:
            _answer(batch, {}, error)
            self._refuse_waiting(Unavailable(error.code))  # theirs never left
        except StoreError as error:
            _answer(batch, {}, error)
        except Exception as error:  # noqa: BLE001 - the next batch must be written whatever this was
            _log.exception("group commit failed")
            _answer(batch, {}, WriteUncertain(type(error).__name__))
        except BaseException:
            _answer(batch, {}, WriteUncertain("STOPPED"))
            raise
        else:
            _answer(batch, {}, None)
            self._stream.on_append()

    async def _insert(self, documents: Sequence[Encoded]) -> None:
        try:
            await self._stream.collection.insert_many(documents, ordered=False)
        except BulkWriteError:
            raise
        except PyMongoError as error:
            raise translate(error) from error

    def _refuse_waiting(self, error: StoreError) -> None:
        waiting = list(self._queue)
        self._queue.clear()
        _answer(waiting, {}, error)


def _answer_each(batch: Sequence[_Waiting], details: Mapping[str, Any]) -> None:
    """Map what MongoDB said about single documents back to their callers."""
    if details.get("writeConcernErrors"):
        _answer(batch, {}, WriteUncertain("WriteConcernError"))
        return
    refused = {
        item["index"]: translate_write_error(item) for item in details.get("writeErrors", ())
    }
    _answer(batch, refused, None)


def _answer(
    batch: Sequence[_Waiting], refused: Mapping[int, StoreError], others: StoreError | None
) -> None:
    for index, waiting in enumerate(batch):
        error = refused.get(index, others)
        if waiting.answer.done():
            continue
        if error is None:
            waiting.answer.set_result(None)
        else:
            waiting.answer.set_exception(type(error)(error.code))
