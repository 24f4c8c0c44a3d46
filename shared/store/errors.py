"""What can go wrong with the store, in five words the callers decide by.

`Unavailable` and `WriteUncertain` pass: wait and repeat. `Conflict` and `DuplicateId` are answers:
load again and decide. `Rejected` stays: the same document is refused for ever.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self

from bson.errors import BSONError
from pymongo.errors import (
    BulkWriteError,
    DuplicateKeyError,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

DUPLICATE_KEY = 11000
LOCK_TIMEOUT, WRITE_CONFLICT, NO_SNAPSHOT = 24, 112, 246
# Server codes that speak of the moment and not of the document: time ran out, a step-down, a
# shutdown, a session or transaction that somebody else ended.
PASSING = frozenset({
    6, 7, 50, 64, 89, 91, 133, 134, 189, 202, 206, 225, 244, 246, 251, 262, 290, 317, 365,
    9001, 10058, 10107, 11600, 11601, 11602, 13388, 13435, 13436, WRITE_CONFLICT,
})  # fmt: skip


class StoreError(Exception):
    """Something the store could not do; `code` is content-free and may be logged."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unavailable(StoreError):  # noqa: N818 - an answer, named as the caller reads it
    """MongoDB is away or too slow; nothing was stored; repeat after a while."""


class WriteUncertain(Unavailable):
    """The write may or may not stand; repeat it: ids make the repeat harmless."""


class Conflict(StoreError):  # noqa: N818 - an answer, named as the caller reads it
    """Somebody else was first: the version or fence expected is not the one stored."""


class DuplicateId(StoreError):  # noqa: N818 - an answer, named as the caller reads it
    """A document with this id stands already, acknowledged by the majority."""


class Rejected(StoreError):  # noqa: N818 - an answer, named as the caller reads it
    """MongoDB will never take this: too large, not encodable, or not understood."""


def translate(error: PyMongoError | BSONError) -> StoreError:
    """Our word for an error of the driver; never carries the document or the server's text."""
    if isinstance(error, BulkWriteError):
        return _translate_bulk(error)
    return _kind(error)(_code(error))


def was_in_the_way(error: StoreError) -> bool:
    """Whether another transaction, or the making of an index, stood in the way of this one.

    Nothing of it stands; tried again at once, it may well pass.
    """
    codes = (LOCK_TIMEOUT, WRITE_CONFLICT, NO_SNAPSHOT)
    return error.code in {f"OperationFailure.{code}" for code in codes}


def _code(error: Exception) -> str:
    number = error.code if isinstance(error, OperationFailure) else None
    name = type(error).__name__
    return name if number is None else f"{name}.{number}"


def _kind(error: PyMongoError | BSONError) -> type[StoreError]:
    if isinstance(error, BSONError | InvalidOperation):
        return Rejected
    if isinstance(error, DuplicateKeyError):
        return DuplicateId
    if error.has_error_label("UnknownTransactionCommitResult"):
        return WriteUncertain
    if _surely_not_stored(error):
        return Unavailable
    return Rejected if _stays_refused(error) else WriteUncertain


def _surely_not_stored(error: PyMongoError) -> bool:
    never_left = isinstance(error, ServerSelectionTimeoutError | WaitQueueTimeoutError)
    return never_left or error.has_error_label("TransientTransactionError")


def _stays_refused(error: PyMongoError) -> bool:
    """The server understood and said no; anything else broke after the command may have left."""
    if not isinstance(error, OperationFailure) or isinstance(error, WriteConcernError):
        return False
    return error.code not in PASSING and not error.has_error_label("RetryableWriteError")


def _translate_bulk(error: BulkWriteError) -> StoreError:
    """The worst of the answers: for callers that wrote several documents as one thing."""
    details: Mapping[str, Any] = error.details or {}
    if details.get("writeConcernErrors"):
        return WriteUncertain("WriteConcernError")
    found = [translate_write_error(item) for item in details.get("writeErrors", ())]
    for kind in (Rejected, Unavailable, DuplicateId):
        for answer in found:
            if isinstance(answer, kind):
                return answer
    return WriteUncertain("BulkWriteError")


def translate_write_error(item: Mapping[str, Any]) -> StoreError:
    """Our word for one entry of `writeErrors` in a bulk answer."""
    code = item.get("code")
    if code == DUPLICATE_KEY:
        return DuplicateId("DuplicateKeyError")
    if code in PASSING:
        return WriteUncertain(f"WriteError.{code}")
    return Rejected(f"WriteError.{code}")


class translated:  # noqa: N801 - reads as a word in `with translated():`
    """Turn the driver's errors raised inside the block into ours."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        if isinstance(error, PyMongoError | BSONError):
            raise translate(error) from error
        return False
