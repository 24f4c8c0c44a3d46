"""The one place that knows the driver: motor is imported here and nowhere else.

Writes wait for the majority and its journal (`w: majority` with the server's own journalling;
asking for `j: false` with it would wait for the periodic flush). Reads see only what the majority
has, so that nothing is published or shown which a change of primary could take back.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, cast

import bson
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, DESCENDING, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.store.errors import Rejected, StoreError, Unavailable, translated

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "Client",
    "Collection",
    "Database",
    "Document",
    "Encoded",
    "InsertOne",
    "ReplaceOne",
    "Session",
    "SessionId",
    "UpdateOne",
    "connect",
    "encode",
]

Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession
SessionId = bytes
Encoded = RawBSONDocument

SELECTION_SECONDS: Final = 2.5
OPERATION_SECONDS: Final = 5.0
TRANSACTION_LIFETIME_SECONDS: Final = 10
LARGEST_DOCUMENT: Final = 15 * 1024 * 1024  # the server's limit is 16; a stream needs room to grow
_NO_MOMENT_YET: Final = "OperationFailure.246"
_PAUSES: Final = (0.01, 0.05, 0.2, 0.5, 1.0)  # seconds; together well within an operation
_OPTIONS: Final[CodecOptions[Document]] = CodecOptions(
    tz_aware=True, uuid_representation=UuidRepresentation.STANDARD
)


def connect(url: str, *, seconds: float = OPERATION_SECONDS, pool: int = 100) -> "Client":
    """Make a client; opens nothing yet. No operation takes longer than `seconds`."""
    return Client(
        AsyncIOMotorClient(
            url,
            serverSelectionTimeoutMS=int(min(SELECTION_SECONDS, seconds) * 1000),
            connectTimeoutMS=int(SELECTION_SECONDS * 1000),
            timeoutMS=int(seconds * 1000),
            maxPoolSize=pool,
            retryWrites=True,
            w="majority",
            readConcernLevel="majority",
            tz_aware=True,
            uuidRepresentation="standard",
        )
    )


async def of_one_moment(collection: Collection, stages: Sequence[Document]) -> list[Document]:
    """What a single question of many documents answers, as the collection stood in one moment.

    A question reads while others write: a document whose indexed state moves meanwhile can be met
    in both states, or in none. What is counted here adds up. While the collection is being made
    there is no such moment for a few milliseconds: the question is asked again.
    """
    steady = collection.with_options(read_concern=ReadConcern("snapshot"))
    for pause in (*_PAUSES, None):
        try:
            with translated():
                return await steady.aggregate(list(stages)).to_list(None)
        except Unavailable as error:
            if pause is None or error.code != _NO_MOMENT_YET:
                raise
            await asyncio.sleep(pause)
    raise AssertionError  # the last try has answered or raised


def encode(document: Document) -> Encoded:
    """The document as it will stand on disk; raises Rejected when it can never stand there."""
    try:
        with translated():
            raw = bson.encode(document, codec_options=_OPTIONS)
    except (OverflowError, UnicodeEncodeError, TypeError) as error:
        raise Rejected(type(error).__name__) from error
    if len(raw) > LARGEST_DOCUMENT:
        raise Rejected("DocumentTooLarge")
    return RawBSONDocument(raw)


class Client:
    """A connection to one replica set."""

    def __init__(self, motor: AsyncIOMotorClient[Document]) -> None:
        self._motor = motor

    def database(self, name: str) -> Database:
        """The database of that name; made by MongoDB on the first write."""
        return self._motor[name]

    async def ping(self) -> None:
        """Ask the primary for a sign of life; raises Unavailable."""
        with translated():
            await self._motor.admin.command("ping")

    async def close(self) -> None:
        """Close every connection; in-flight operations fail."""
        self._motor.close()

    async def drop(self, name: str) -> None:
        """Remove the database of that name with all it holds."""
        with translated():
            await self._motor.drop_database(name)

    async def session(self) -> Session:
        """Start a session that lives until its `end_session()`: what a fence is held with."""
        with translated():
            return await self._motor.start_session()

    @asynccontextmanager
    async def transaction(
        self, session: Session | None = None, *, seconds: float = OPERATION_SECONDS
    ) -> AsyncIterator[Session]:
        """All writes given this session stand together or not at all.

        Commits at the end of the block, aborts when it raises. The commit takes at most `seconds`
        and ends in Unavailable (nothing stands) or WriteUncertain (it may stand) when it cannot.
        """
        used = session or await self.session()
        try:
            with translated():
                used.start_transaction(
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern("majority"),
                    max_commit_time_ms=int(seconds * 1000),
                )
                async with self._ended(used):
                    yield used
        finally:
            if session is None:
                await used.end_session()

    @asynccontextmanager
    async def _ended(self, session: Session) -> AsyncIterator[None]:
        """Commit, or abort on an error, or on cancellation end the session.

        A cancelled caller leaves the driver's thread running; only the server can stop what that
        thread may still begin.
        """
        try:
            yield
        except asyncio.CancelledError:
            await asyncio.shield(self._forget(session))
            raise
        except BaseException:
            with suppress(PyMongoError):
                await session.abort_transaction()
            raise
        await session.commit_transaction()

    async def _forget(self, session: Session) -> None:
        with suppress(StoreError):
            await self.kill_session(identity_of(session))

    async def kill_session(self, identity: SessionId) -> None:
        """End exactly that session and with it the transaction it may have left open."""
        with translated():
            await self._motor.admin.command("killSessions", [{"id": bson.Binary(identity, 4)}])

    async def limit_transactions(self, seconds: int = TRANSACTION_LIFETIME_SECONDS) -> None:
        """Make the server end transactions older than `seconds`: the second line behind fences."""
        with translated():
            await self._motor.admin.command(
                {"setParameter": 1, "transactionLifetimeLimitSeconds": seconds}
            )


def identity_of(session: Session) -> SessionId:
    """The session's id as the server knows it; stable for the session's life."""
    names = cast("Mapping[str, bytes]", session.session_id)  # the stub takes it for a method
    return bytes(names["id"])
